// @vitest-environment node
import { describe, expect, it } from 'vitest';

import { totalsByDtype } from './dtypes';
import { FormatError } from './errors';
import { MemoryReader } from './range-reader';
import { readSafetensors } from './safetensors';
import { CountingReader, fixture, mutations } from './testing';

function withHeader(header: unknown, dataLength = 0, length?: bigint): MemoryReader {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataLength);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(json.length), true);
  bytes.set(json, 8);
  return new MemoryReader(bytes);
}

describe('readSafetensors', () => {
  it('reads what the reference implementation wrote', async () => {
    const header = await readSafetensors(new MemoryReader(fixture('small.safetensors')));
    expect(header.metadata).toEqual({ format: 'pt', note: 'grün' });
    const byName = Object.fromEntries(header.tensors.map((tensor) => [tensor.name, tensor]));
    expect(byName['embed.weight']).toMatchObject({ dtype: 'F32', shape: [6, 4], parameters: 24, bytes: 96 });
    expect(byName['scale']).toMatchObject({ shape: [], parameters: 1, bytes: 4 });
    expect(header.parameters).toBe(24 + 16 + 4 + 3 + 1);
    const totals = totalsByDtype(header.tensors);
    expect(totals.map(({ dtype, parameters }) => [dtype, parameters])).toEqual([
      ['F32', 25],
      ['F16', 20],
      ['I64', 3],
    ]);
  });

  it('fetches the header and not the data', async () => {
    const entry = { dtype: 'U8', shape: [5_000_000], data_offsets: [0, 5_000_000] };
    const json = new TextEncoder().encode(JSON.stringify({ ['w'.repeat(100_000)]: entry }));
    const bytes = new Uint8Array(8 + json.length + 5_000_000);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
    bytes.set(json, 8);
    const reader = new CountingReader(bytes);
    expect((await readSafetensors(reader)).parameters).toBe(5_000_000);
    expect(reader.ranges).toHaveLength(2);
    expect(reader.bytesRead).toBe(8 + json.length);
  });

  it.each([
    ['is empty', new MemoryReader(new Uint8Array(3)), /no header/],
    ['claims a header of 2^63', withHeader({}, 0, 2n ** 63n), /would be/],
    ['ends within its header', withHeader({}, 0, 1000n), /cut off/],
    ['is not JSON', withHeader('{not json'), /not JSON/],
    ['is a list', withHeader('[]'), /not a JSON object/],
    ['has no dtype', withHeader({ a: { shape: [], data_offsets: [0, 0] } }), /“a”.*no dtype/],
    [
      'has a negative extent',
      withHeader({ a: { dtype: 'U8', shape: [-1], data_offsets: [0, 0] } }),
      /no shape/,
    ],
    ['has fractions', withHeader({ a: { dtype: 'U8', shape: [1.5], data_offsets: [0, 0] } }), /no shape/],
    ['lies outside', withHeader({ a: { dtype: 'U8', shape: [9], data_offsets: [0, 9] } }, 8), /outside/],
    [
      'ends before it begins',
      withHeader({ a: { dtype: 'U8', shape: [0], data_offsets: [4, 0] } }, 8),
      /outside/,
    ],
    [
      'has another size',
      withHeader({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 4] } }, 8),
      /another size/,
    ],
    [
      'overflows',
      withHeader({ a: { dtype: 'X', shape: [2 ** 50, 2 ** 50], data_offsets: [0, 4] } }, 8),
      /large/,
    ],
    ['describes by a text', withHeader({ a: 'x' }), /not described/],
  ])('refuses a file that %s', async (_, reader, sentence) => {
    await expect(readSafetensors(reader)).rejects.toThrow(sentence);
    await expect(readSafetensors(reader)).rejects.toThrow(FormatError);
  });

  it('shows dtypes it does not know', async () => {
    const header = await readSafetensors(
      withHeader({ a: { dtype: 'F5', shape: [8], data_offsets: [0, 5] } }, 5),
    );
    expect(header.tensors[0]).toMatchObject({ dtype: 'F5', bytes: 5 });
  });

  it('does not mistake names for properties of objects', async () => {
    const header = await readSafetensors(
      withHeader(
        '{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"constructor":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}',
        2,
      ),
    );
    expect(header.tensors.map(({ name }) => name)).toEqual(['__proto__', 'constructor']);
  });

  it('answers broken files by errors of the format alone', async () => {
    for (const bytes of mutations(fixture('small.safetensors'), 300)) {
      const done = await readSafetensors(new MemoryReader(bytes)).catch((error: unknown) => error);
      if (done instanceof Error) expect(done).toBeInstanceOf(FormatError);
    }
  });
});
