// @vitest-environment node
import { describe, expect, it } from 'vitest';

import { ReadError } from './errors';
import { BlockReader, HttpRangeReader, MemoryReader } from './range-reader';
import { CountingReader } from './testing';

const bytes = Uint8Array.from({ length: 100 }, (_, i) => i);

function answering(make: (range: string) => Response): { reader: HttpRangeReader; asked: string[] } {
  const asked: string[] = [];
  const fetch = (_: unknown, init?: RequestInit) => {
    const range = new Headers(init?.headers).get('Range') ?? '';
    asked.push(range);
    return Promise.resolve(make(range));
  };
  return { reader: new HttpRangeReader('/file', bytes.length, { fetch }), asked };
}

describe('HttpRangeReader', () => {
  it("asks for the range, the end cut to the file's", async () => {
    const { reader, asked } = answering(() => new Response(bytes.slice(90), { status: 206 }));
    expect([...(await reader.read(90, 200))]).toEqual([...bytes.slice(90)]);
    expect(asked).toEqual(['bytes=90-99']);
  });

  it('takes its part of a whole file when ranges are ignored', async () => {
    const { reader } = answering(() => new Response(bytes, { status: 200 }));
    expect([...(await reader.read(10, 13))]).toEqual([10, 11, 12]);
  });

  it('asks nothing for nothing', async () => {
    const { reader, asked } = answering(() => new Response());
    expect(await reader.read(100, 100)).toHaveLength(0);
    expect(asked).toEqual([]);
  });

  it('says what the hub said', async () => {
    const { reader } = answering(
      () => new Response('no', { status: 403, headers: { 'X-Error-Message': 'Not yours' } }),
    );
    const error = await reader.read(0, 1).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ReadError);
    expect(error).toMatchObject({ status: 403, message: 'Not yours' });
  });

  it('notices an answer that ends early', async () => {
    const { reader } = answering(() => new Response(bytes.slice(0, 5), { status: 206 }));
    await expect(reader.read(0, 10)).rejects.toThrow('5 bytes early');
  });

  it('says so when no answer comes', async () => {
    const reader = new HttpRangeReader('/file', 100, {
      fetch: () => Promise.reject(new TypeError('failed')),
    });
    await expect(reader.read(0, 10)).rejects.toThrow('did not answer');
  });

  it.each([
    [-1, 2],
    [5, 4],
    [0.5, 3],
    [101, 102],
  ])('refuses %d to %d', async (start, end) => {
    await expect(new MemoryReader(bytes).read(start, end)).rejects.toThrow(ReadError);
  });
});

describe('BlockReader', () => {
  it('answers small steps from blocks it has', async () => {
    const inner = new CountingReader(bytes);
    const reader = new BlockReader(inner, 32);
    for (let i = 0; i < 100; i += 5)
      expect([...(await reader.read(i, i + 5))]).toEqual([...bytes.slice(i, i + 5)]);
    expect(inner.ranges).toEqual([
      [0, 32],
      [32, 64],
      [64, 96],
      [96, 100],
    ]);
  });

  it('forgets the oldest, and what failed', async () => {
    const inner = new CountingReader(bytes);
    const reader = new BlockReader(inner, 10, 2);
    await reader.read(0, 40);
    await reader.read(0, 1);
    expect(inner.ranges).toHaveLength(5);
    let works = false;
    const broken = new BlockReader({
      size: 4,
      read: () => (works ? Promise.resolve(bytes.slice(0, 4)) : Promise.reject(new Error('x'))),
    });
    await expect(broken.read(0, 4)).rejects.toThrow();
    works = true;
    expect(await broken.read(0, 4)).toHaveLength(4);
  });
});
