// @vitest-environment node
import { describe, expect, it } from 'vitest';

import { DelimitedFile, guessDelimiter } from './delimited';
import { FormatError } from './errors';
import { fileType, isText } from './file-type';
import { parseJsonText, readJsonLines } from './json';
import { parseNotebook, readNotebook } from './notebook';
import { readNpy, readNpyValues } from './npy';
import { MemoryReader } from './range-reader';
import { CountingReader, fixture, mutations, text } from './testing';

describe('DelimitedFile', () => {
  it('reads quoted fields with separators, quotation marks and line ends', async () => {
    const file = new DelimitedFile(text('name,words\n"a, b","said ""x""\ntwice"\nc,\n'));
    await file.readTo(10);
    expect(file.header).toEqual(['name', 'words']);
    expect(file.rows).toEqual([
      ['a, b', 'said "x"\ntwice'],
      ['c', ''],
    ]);
    expect(file.complete).toBe(true);
  });

  it('puts records together that blocks split, and reads no further than asked', async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => `${i},"ü ${'x'.repeat(i % 40)}, ${i}"`);
    const reader = new CountingReader(new TextEncoder().encode(`id,text\r\n${rows.join('\r\n')}\r\n`));
    const file = new DelimitedFile(reader);
    await file.readTo(100);
    expect(reader.ranges).toHaveLength(1);
    expect(file.complete).toBe(false);
    await Promise.all([file.readTo(30_000), file.readTo(1e9)]);
    expect(file.rows).toHaveLength(60_000);
    expect(file.rows[41_234]).toEqual(['41234', `ü ${'x'.repeat(41_234 % 40)}, 41234`]);
    expect(file.fractionRead).toBe(1);
  });

  it.each([
    ['a\tb\n1\t2\n', '\t'],
    ['a;b\n1;2\n', ';'],
    ['a|b\n1|2\n', '|'],
    ['a,b\n1,2\n', ','],
  ])('guesses the delimiter of %j', (content, delimiter) => {
    expect(guessDelimiter(content)).toBe(delimiter);
  });

  it('refuses what is not text, and quotation marks that never close', async () => {
    await expect(new DelimitedFile(new MemoryReader(new Uint8Array(10))).readTo(1)).rejects.toThrow(
      /not text/,
    );
    const open = `a,b\n"${'x'.repeat(9 * 1024 * 1024)}`;
    await expect(new DelimitedFile(text(open)).readTo(1)).rejects.toThrow(/not be closed/);
  });

  it('names columns without a name, and stands an empty file', async () => {
    const file = new DelimitedFile(text(',b\n1,2\n'));
    await file.readTo(1);
    expect(file.header).toEqual(['column 1', 'b']);
    const empty = new DelimitedFile(text(''));
    await empty.readTo(1);
    expect(empty.rows).toEqual([]);
  });
});

describe('readNpy', () => {
  it('reads what NumPy wrote', async () => {
    const reader = new MemoryReader(fixture('matrix.npy'));
    const header = await readNpy(reader);
    expect(header).toMatchObject({
      dtype: 'float32',
      shape: [2, 3],
      elements: 6,
      fortranOrder: false,
      version: '1.0',
    });
    expect(await readNpyValues(reader, header)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('reads halves and big-endian integers', async () => {
    const halves = new MemoryReader(fixture('half.npy'));
    const values = await readNpyValues(halves, await readNpy(halves));
    expect(values?.slice(0, 3)).toEqual([0.5, -2, 65504]);
    expect(values?.[3]).toBeCloseTo(6e-8, 8);
    expect(values?.[4]).toBe(Infinity);
    const big = new MemoryReader(fixture('big_endian.npy'));
    expect(await readNpyValues(big, await readNpy(big))).toEqual([0n, 1n, 2n, 3n]);
  });

  it('names structured types, without values', async () => {
    const reader = new MemoryReader(fixture('structured.npy'));
    const header = await readNpy(reader);
    expect(header).toMatchObject({ dtype: 'structured', shape: [3] });
    expect(await readNpyValues(reader, header)).toBeUndefined();
  });

  it('answers broken files by errors of the format alone', async () => {
    for (const bytes of mutations(fixture('matrix.npy'), 300)) {
      const reader = new MemoryReader(bytes);
      const done = await readNpy(reader)
        .then((header) => readNpyValues(reader, header))
        .catch((error: unknown) => error);
      if (done instanceof Error) expect(done).toBeInstanceOf(FormatError);
    }
  });
});

describe('notebooks', () => {
  it('reads what nbformat wrote', async () => {
    const book = await readNotebook(new MemoryReader(fixture('small.ipynb')));
    expect(book.language).toBe('python');
    expect(book.cells.map(({ type }) => type)).toEqual(['markdown', 'code', 'raw']);
    const outputs = book.cells[1]?.outputs ?? [];
    expect(outputs.map(({ kind }) => kind)).toEqual([
      'text',
      'text',
      'image',
      'html',
      'unsupported',
      'error',
    ]);
    expect(outputs[5]).toEqual({ kind: 'error', name: 'ValueError', text: 'ValueError: no' });
    expect(outputs[4]).toEqual({ kind: 'unsupported', type: 'application/javascript' });
  });

  it('reads the format of version 3', () => {
    const book = parseNotebook(
      JSON.stringify({
        nbformat: 3,
        worksheets: [
          {
            cells: [
              { cell_type: 'heading', level: 2, source: ['Old'] },
              {
                cell_type: 'code',
                input: ['1'],
                prompt_number: 4,
                outputs: [
                  { output_type: 'pyout', text: ['1'] },
                  { output_type: 'display_data', png: 'AAAA' },
                ],
              },
            ],
          },
        ],
      }),
    );
    expect(book.cells[0]?.source).toBe('## Old');
    expect(book.cells[1]).toMatchObject({
      executionCount: 4,
      outputs: [{ kind: 'text', text: '1' }, { kind: 'image' }],
    });
  });

  it('makes no image of what is no base64', () => {
    const output = { output_type: 'display_data', data: { 'image/png': '" onerror="alert(1)' } };
    const book = parseNotebook(
      JSON.stringify({ nbformat: 4, cells: [{ cell_type: 'code', source: '', outputs: [output] }] }),
    );
    expect(book.cells[0]?.outputs[0]?.kind).toBe('unsupported');
  });

  it('takes pictures that were pasted, and nothing else', () => {
    const attachments = {
      'a.png': { 'image/png': 'AAAA\n' },
      'drawn.svg': { 'image/svg+xml': 'PHN2Zz48L3N2Zz4=' },
      'written.svg': { 'image/svg+xml': ['<svg>', '</svg>'] },
      'page.html': { 'text/html': 'PHNjcmlwdD4=' },
      'no-base64.png': { 'image/png': '" onerror="alert(1)' },
      'nothing.png': null,
    };
    const cell = { cell_type: 'markdown', source: '', attachments };
    expect(parseNotebook(JSON.stringify({ nbformat: 4, cells: [cell] })).cells[0]?.attachments).toEqual({
      'a.png': 'data:image/png;base64,AAAA',
      'drawn.svg': 'data:image/svg+xml;base64,PHN2Zz48L3N2Zz4=',
      'written.svg': 'data:image/svg+xml,%3Csvg%3E%3C%2Fsvg%3E',
    });
  });

  it.each([
    ['{}', /nbformat/],
    ['[1]', /nbformat/],
    ['{"nbformat": 4}', /no cells/],
    ['{"nbformat": 4, "cells": [3]}', /not an object/],
    ['{', /not JSON/],
  ])('refuses %s', (content, sentence) => {
    expect(() => parseNotebook(content)).toThrow(sentence);
  });
});

describe('JSON', () => {
  it('says where the mistake is', () => {
    expect(() => parseJsonText('{\n  "a": 1,\n  b\n}')).toThrow(/line 3, column 3/);
    expect(() => parseJsonText('')).toThrow(FormatError);
  });

  it('reads lines, and names the one that is wrong', async () => {
    expect(await readJsonLines(text('{"a":1}\n\n[2]\n'))).toEqual({
      values: [{ a: 1 }, [2]],
      complete: true,
    });
    await expect(readJsonLines(text('1\nx\n'))).rejects.toThrow('Line 2');
    const many = await readJsonLines(text('1\n'.repeat(3000)));
    expect([many.values.length, many.complete]).toEqual([2000, false]);
  });
});

describe('fileType', () => {
  it.each([
    ['README.md', 10, 'markdown'],
    ['a/model.safetensors', 1e10, 'safetensors'],
    ['x.GGUF', 1e10, 'gguf'],
    ['data/train.parquet', 1, 'parquet'],
    ['pytorch_model.bin', 1, 'binary'],
    ['Dockerfile', 100, 'code'],
    ['huge.txt', 1e9, 'binary'],
    ['.gitattributes', 100, 'code'],
    ['v1.2/LICENSE', 100, 'code'],
    ['x.constructor', 100, 'code'],
  ])('takes %s of %d bytes for %s', (path, size, type) => {
    expect(fileType(path, size)).toBe(type);
  });

  it('tells text from bytes', () => {
    expect(isText(new TextEncoder().encode('grün'))).toBe(true);
    expect(isText(new Uint8Array([0xff, 0xfe]))).toBe(false);
    expect(isText(new Uint8Array([65, 0]))).toBe(false);
    const cut = new TextEncoder().encode('x'.repeat(8191) + 'ü');
    expect(isText(cut)).toBe(true);
  });
});
