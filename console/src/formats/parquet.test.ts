// @vitest-environment node
import { describe, expect, it } from 'vitest';

import { FormatError } from './errors';
import { openParquet } from './parquet';
import { MemoryReader } from './range-reader';
import { fixture, mutations } from './testing';

describe('openParquet', () => {
  it.each(['none', 'snappy', 'gzip', 'brotli', 'zstd', 'lz4'])(
    'reads what pyarrow wrote with %s',
    async (codec) => {
      const file = await openParquet(new MemoryReader(fixture(`small.${codec}.parquet`)));
      expect(file.rows).toBe(300);
      expect(file.rowGroups.map(({ rows }) => rows)).toEqual([100, 100, 100]);
      expect(file.columns.map(({ name, type }) => `${name}: ${type}`)).toEqual([
        'id: int64',
        'text: text',
        'score: float32',
        'tags: list',
        'who: struct',
        'at: timestamp',
        'raw: bytes',
      ]);
      const rows = await file.read(99, 106);
      expect(rows).toHaveLength(7);
      expect(rows[0]).toMatchObject({
        id: 99n,
        text: 'row 99',
        score: 49.5,
        tags: [],
        who: { name: 'n99', age: 99n },
      });
      expect(rows[6]).toMatchObject({ id: 105n, text: null, raw: new Uint8Array([105]) });
      expect(rows[2]?.at).toEqual(new Date(101_000));
    },
  );

  it('reads to the end and not beyond', async () => {
    const file = await openParquet(new MemoryReader(fixture('small.zstd.parquet')));
    expect(await file.read(290, 400)).toHaveLength(10);
    expect(file.codecs).toEqual(['ZSTD']);
  });

  it.each([
    ['is short', new Uint8Array(4), /too short/],
    ['is cut off', fixture('small.none.parquet').slice(0, 500), /end is missing/],
    ['is encrypted', new TextEncoder().encode('PAR1....PARE'), /encrypted/],
    [
      'claims a long footer',
      new Uint8Array([80, 65, 82, 49, 0, 0, 0, 0, 255, 255, 255, 127, 80, 65, 82, 49]),
      /broken/,
    ],
  ])('refuses a file that %s', async (_, bytes, sentence) => {
    await expect(openParquet(new MemoryReader(bytes))).rejects.toThrow(sentence);
  });

  it('answers broken files by errors of the format alone', async () => {
    for (const bytes of mutations(fixture('small.snappy.parquet'), 100)) {
      const done = await openParquet(new MemoryReader(bytes))
        .then((file) => file.read(0, 10))
        .catch((error: unknown) => error);
      if (done instanceof Error) expect(done).toBeInstanceOf(FormatError);
    }
  });
});
