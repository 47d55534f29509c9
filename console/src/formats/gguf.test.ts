// @vitest-environment node
import { describe, expect, it } from 'vitest';

import { FormatError } from './errors';
import { quantization, readGguf, type GgufArray } from './gguf';
import { MemoryReader } from './range-reader';
import { CountingReader, fixture, mutations } from './testing';

type Part = { u32: number } | { u64: bigint } | { text: string } | { raw: string } | { zeros: number };

function build(...parts: Part[]): Uint8Array {
  const chunks = parts.map((part) => {
    if ('u32' in part) return new Uint8Array(new Uint32Array([part.u32]).buffer);
    if ('u64' in part) return new Uint8Array(new BigUint64Array([part.u64]).buffer);
    if ('zeros' in part) return new Uint8Array(part.zeros);
    if ('raw' in part) return new TextEncoder().encode(part.raw);
    const bytes = new TextEncoder().encode(part.text);
    return new Uint8Array([...new Uint8Array(new BigUint64Array([BigInt(bytes.length)]).buffer), ...bytes]);
  });
  return new Uint8Array(chunks.flatMap((chunk) => [...chunk]));
}

function head(tensors: bigint, entries: bigint, ...rest: Part[]): MemoryReader {
  return new MemoryReader(build({ raw: 'GGUF' }, { u32: 3 }, { u64: tensors }, { u64: entries }, ...rest));
}

describe('readGguf', () => {
  it('reads what the reference implementation wrote', async () => {
    const read = await readGguf(new MemoryReader(fixture('small.gguf')));
    const values = Object.fromEntries(read.metadata.map(({ key, value }) => [key, value]));
    expect(read.version).toBe(3);
    expect(values['general.architecture']).toBe('llama');
    expect(values['llama.context_length']).toBe(2048);
    expect(values['llama.rope.freq_base']).toBe(10000);
    expect(values['tokenizer.ggml.add_bos_token']).toBe(true);
    expect(values['test.signed']).toBe(-5n);
    const tokens = values['tokenizer.ggml.tokens'] as GgufArray;
    expect([tokens.itemType, tokens.length, tokens.items.length, tokens.items[1]]).toEqual([
      'string',
      200,
      64,
      'token 1',
    ]);
    expect(quantization(read)).toBe('Q4_K_M');
    expect(read.tensors).toMatchObject([
      { name: 'token_embd.weight', dtype: 'F32', shape: [32, 64], parameters: 2048, bytes: 8192 },
      { name: 'blk.0.attn_q.weight', dtype: 'Q4_K', shape: [4, 256], parameters: 1024, bytes: 576 },
    ]);
    expect(read.parameters).toBe(3072);
  });

  it('reads on when the vocabulary is longer than the first read', async () => {
    const bytes = build({ raw: 'GGUF' }, { u32: 3 }, { u64: 0n }, { u64: 1n }, { text: 'a' }, { u32: 8 });
    const long = new Uint8Array(bytes.length + 8 + 3_000_000 + 5_000_000);
    long.set(bytes);
    new DataView(long.buffer).setBigUint64(bytes.length, 3_000_000n, true);
    const reader = new CountingReader(long);
    const read = await readGguf(reader);
    expect((read.metadata[0]?.value as string).length).toBe(3_000_000);
    expect(reader.bytesRead).toBeLessThan(long.length + 1);
    const starts = reader.ranges.map(([start]) => start);
    expect(starts).toEqual([...new Set(starts)]);
  });

  it('reads big-endian files', async () => {
    const bytes = new Uint8Array(24);
    const view = new DataView(bytes.buffer);
    bytes.set(new TextEncoder().encode('GGUF'));
    view.setUint32(4, 3);
    const read = await readGguf(new MemoryReader(bytes));
    expect([read.version, read.littleEndian]).toEqual([3, false]);
  });

  it.each([
    ['begins otherwise', new MemoryReader(build({ raw: 'GGML' }, { zeros: 100 })), /does not begin/],
    ['is of version 1', new MemoryReader(build({ raw: 'GGUF' }, { u32: 1 }, { zeros: 100 })), /version 1/],
    ['ends at once', new MemoryReader(build({ raw: 'GGUF' })), /cut off/],
    ['claims 2^60 tensors', head(2n ** 52n, 0n), /claims/],
    ['claims a length beyond numbers', head(0n, 1n, { u64: 2n ** 63n }), /no file has/],
    ['claims a huge key', head(0n, 1n, { u64: 2n ** 40n }), /too large/],
    ['has values of unknown type', head(0n, 1n, { text: 'k' }, { u32: 77 }), /unknown type 77/],
    [
      'nests arrays without end',
      head(
        0n,
        1n,
        { text: 'k' },
        { u32: 9 },
        ...Array<Part[]>(9)
          .fill([{ u32: 9 }, { u64: 1n }])
          .flat(),
      ),
      /too deeply/,
    ],
    ['has a tensor of 99 dimensions', head(1n, 0n, { text: 't' }, { u32: 99 }), /99 dimensions/],
    [
      'has a tensor too large',
      head(
        1n,
        0n,
        { text: 't' },
        { u32: 2 },
        { u64: 2n ** 40n },
        { u64: 2n ** 40n },
        { u32: 0 },
        { u64: 0n },
      ),
      /impossibly large/,
    ],
  ])('refuses a file that %s', async (_, reader, sentence) => {
    await expect(readGguf(reader)).rejects.toThrow(sentence);
    await expect(readGguf(reader)).rejects.toThrow(FormatError);
  });

  it('answers broken files by errors of the format alone', async () => {
    for (const bytes of mutations(fixture('small.gguf'), 300)) {
      const done = await readGguf(new MemoryReader(bytes)).catch((error: unknown) => error);
      if (done instanceof Error) expect(done).toBeInstanceOf(FormatError);
    }
  });
});
