/**
 * CSV and TSV, read from the front in blocks as somebody scrolls. A record may be split between blocks:
 * the parser (papaparse) leaves the last one of a block to be read again with the next.
 */
import Papa from 'papaparse';

import { FormatError } from './errors';
import type { RangeReader } from './range-reader';

const BLOCK = 512 * 1024;
const MAX_RECORD = 8 * 1024 * 1024;
const MAX_COLUMNS = 10_000;

export class DelimitedFile {
  header: string[] = [];
  readonly rows: string[][] = [];
  delimiter = '';
  private at = 0;
  private rest = '';
  private readonly decoder = new TextDecoder('utf-8');
  private pending: Promise<void> = Promise.resolve();

  constructor(private readonly file: RangeReader) {}

  get complete(): boolean {
    return this.at >= this.file.size && this.rest === '';
  }

  /** Of the bytes, how many were read: what tells how long the file goes on. */
  get fractionRead(): number {
    return this.file.size === 0 ? 1 : this.at / this.file.size;
  }

  /** Reads on until there are `count` rows or the file ends. One reader at a time; others wait. */
  readTo(count: number, signal?: AbortSignal): Promise<void> {
    const next = this.pending
      .catch(() => undefined)
      .then(async () => {
        while (!this.complete && (this.rows.length < count || this.delimiter === ''))
          await this.readBlock(signal);
      });
    this.pending = next;
    return next;
  }

  private async readBlock(signal?: AbortSignal): Promise<void> {
    const end = Math.min(this.file.size, this.at + BLOCK);
    const bytes = await this.file.read(this.at, end, signal);
    if (this.at === 0 && looksBinary(bytes))
      throw new FormatError('This file is not text: it holds zero bytes');
    this.at = end;
    const last = end >= this.file.size;
    this.rest += this.decoder.decode(bytes, { stream: !last });
    if (this.delimiter === '') this.delimiter = guessDelimiter(this.rest);
    this.parse(last);
  }

  private parse(last: boolean): void {
    const parser = new Papa.Parser({ delimiter: this.delimiter, skipEmptyLines: true });
    const { data, meta } = parser.parse(this.rest, 0, !last) as Papa.ParseResult<string[]>;
    this.rest = last ? '' : this.rest.slice(meta.cursor);
    if (this.rest.length > MAX_RECORD)
      throw new FormatError('A row of this file is longer than 8 MiB; a quotation mark may not be closed');
    const rows = data.filter((row) => row.length > 1 || row[0] !== '');
    if (this.header.length === 0) this.header = this.takeHeader(rows.shift() ?? []);
    for (const row of rows) this.rows.push(row);
  }

  private takeHeader(row: string[]): string[] {
    if (row.length > MAX_COLUMNS)
      throw new FormatError(`This file has ${row.length} columns, too many to be shown`);
    return row.map((name, i) => (name.trim() === '' ? `column ${i + 1}` : name));
  }
}

function looksBinary(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 4096).includes(0);
}

/** The candidate that splits the first lines into the most, and equally many, parts. */
export function guessDelimiter(text: string): string {
  const guessed = Papa.parse<string[]>(text.slice(0, 64 * 1024), {
    preview: 20,
    skipEmptyLines: true,
    delimitersToGuess: [',', '\t', ';', '|'],
  });
  return guessed.meta.delimiter;
}
