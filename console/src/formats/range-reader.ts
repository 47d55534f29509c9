/**
 * Reads parts of a file by byte range. The formats in this folder take nothing else, so that a header
 * of a few kilobytes is all that is fetched of a file of many gigabytes, and so that tests can read
 * from memory. A range that ends after the file is cut; one that starts after it is an error.
 */
import { ReadError } from './errors';

export interface RangeReader {
  readonly size: number;
  /** Bytes [start, end). Never shorter than asked for, but for the end of the file. */
  read(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array>;
}

/** No format here needs more in one piece; a file that claims otherwise is broken or hostile. */
export const MAX_READ = 256 * 1024 * 1024;

export function checkedRange(size: number, start: number, end: number): [number, number] {
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || end < start)
    throw new ReadError(`There is no range from ${start} to ${end}`, 0);
  if (start > size) throw new ReadError(`The file ends before byte ${start}`, 416);
  const stop = Math.min(end, size);
  if (stop - start > MAX_READ)
    throw new ReadError(`A part of ${stop - start} bytes is too large to be shown`, 0);
  return [start, stop];
}

export class MemoryReader implements RangeReader {
  readonly size: number;
  constructor(private readonly bytes: Uint8Array) {
    this.size = bytes.byteLength;
  }
  read(start: number, end: number): Promise<Uint8Array> {
    return Promise.resolve().then(() => this.bytes.slice(...checkedRange(this.size, start, end)));
  }
}

export interface HttpReaderOptions {
  fetch?: typeof fetch;
}

export class HttpRangeReader implements RangeReader {
  private readonly fetcher: typeof fetch;

  constructor(
    private readonly url: string,
    readonly size: number,
    options: HttpReaderOptions = {},
  ) {
    this.fetcher = options.fetch ?? ((input, init) => fetch(input, init));
  }

  async read(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array> {
    const [from, to] = checkedRange(this.size, start, end);
    if (from === to) return new Uint8Array(0);
    const response = await this.ask(from, to, signal);
    if (response.status !== 206 && response.status !== 200) throw await refusal(response);
    // A server that ignores ranges sends the file from its start.
    const skip = response.status === 206 ? 0 : from;
    return take(response, skip, to - from);
  }

  private async ask(from: number, to: number, signal?: AbortSignal): Promise<Response> {
    try {
      return await this.fetcher(this.url, {
        headers: { Range: `bytes=${from}-${to - 1}` },
        ...(signal ? { signal } : {}),
      });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new ReadError('The file could not be fetched: the hub did not answer', 0);
    }
  }
}

async function refusal(response: Response): Promise<ReadError> {
  const told = response.headers.get('X-Error-Message');
  await response.body?.cancel();
  return new ReadError(told ?? `The hub answered ${response.status} to a part of the file`, response.status);
}

async function take(response: Response, skip: number, length: number): Promise<Uint8Array> {
  const wanted = new Uint8Array(length);
  let [seen, filled] = [0, 0];
  const reader = response.body?.getReader();
  while (reader && filled < length) {
    const { done, value } = await reader.read();
    if (done) break;
    const part = value.subarray(Math.max(0, skip - seen)).subarray(0, length - filled);
    seen += value.byteLength;
    wanted.set(part, filled);
    filled += part.byteLength;
  }
  await reader?.cancel();
  if (filled < length)
    throw new ReadError(`The answer ended ${length - filled} bytes early`, response.status);
  return wanted;
}

/**
 * Keeps the blocks that were read last, and reads whole ones: readers that walk through a file in small
 * steps then ask the hub a few times and not thousands of times.
 */
export class BlockReader implements RangeReader {
  readonly size: number;
  private readonly blocks = new Map<number, Promise<Uint8Array>>();

  constructor(
    private readonly inner: RangeReader,
    private readonly blockSize = 1024 * 1024,
    private readonly keep = 32,
  ) {
    this.size = inner.size;
  }

  async read(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array> {
    const [from, to] = checkedRange(this.size, start, end);
    if (to - from > this.blockSize * 4) return this.inner.read(from, to, signal);
    const wanted = new Uint8Array(to - from);
    for (let at = from; at < to;) {
      const index = Math.floor(at / this.blockSize);
      const block = await this.block(index);
      const part = block.subarray(at - index * this.blockSize, to - index * this.blockSize);
      wanted.set(part, at - from);
      at += part.byteLength;
    }
    return wanted;
  }

  private block(index: number): Promise<Uint8Array> {
    const known = this.blocks.get(index);
    this.blocks.delete(index);
    const begin = index * this.blockSize;
    const block = known ?? this.inner.read(begin, Math.min(this.size, begin + this.blockSize));
    this.blocks.set(index, block);
    block.catch(() => this.blocks.delete(index));
    const oldest = this.blocks.keys().next();
    if (this.blocks.size > this.keep && !oldest.done) this.blocks.delete(oldest.value);
    return block;
  }
}
