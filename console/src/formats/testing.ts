/// <reference types="node" />
/** For tests: the fixtures, and readers that tell what was read. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { MemoryReader, type RangeReader } from './range-reader';

export function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(import.meta.dirname, 'fixtures', name)));
}

export class CountingReader implements RangeReader {
  readonly size: number;
  readonly ranges: [number, number][] = [];
  private readonly inner: MemoryReader;

  constructor(bytes: Uint8Array) {
    this.inner = new MemoryReader(bytes);
    this.size = bytes.length;
  }

  get bytesRead(): number {
    return this.ranges.reduce((sum, [start, end]) => sum + end - start, 0);
  }

  read(start: number, end: number): Promise<Uint8Array> {
    this.ranges.push([start, Math.min(end, this.size)]);
    return this.inner.read(start, end);
  }
}

export function text(content: string): MemoryReader {
  return new MemoryReader(new TextEncoder().encode(content));
}

/** Each prefix of a file, and the file with single bytes changed: none may hang, nor throw what is no error of a format. */
export function* mutations(bytes: Uint8Array, count: number): Generator<Uint8Array> {
  let state = 12345;
  const random = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state % below;
  };
  for (let i = 0; i < count; ++i) {
    if (i % 2 === 0) yield bytes.slice(0, random(bytes.length));
    else {
      const changed = bytes.slice();
      for (let j = 0; j < 1 + random(4); ++j) changed[random(Math.min(bytes.length, 2048))] = random(256);
      yield changed;
    }
  }
}
