/** JSON and JSON Lines for the tree view, bounded, with errors that say where. */
import { FormatError } from './errors';
import type { RangeReader } from './range-reader';

export const MAX_JSON = 16 * 1024 * 1024;
const MAX_LINES = 2000;

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export async function readJson(file: RangeReader, signal?: AbortSignal): Promise<Json> {
  if (file.size > MAX_JSON)
    throw new FormatError('This JSON file is larger than 16 MiB, too large for the tree view');
  return parseJsonText(decode(await file.read(0, file.size, signal)));
}

export function parseJsonText(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new FormatError(`This is not JSON: ${place(text, error)}`);
  }
}

/** The lines of the first 16 MiB, 2000 at most. `complete`: there are no more. */
export async function readJsonLines(
  file: RangeReader,
  signal?: AbortSignal,
): Promise<{ values: Json[]; complete: boolean }> {
  const end = Math.min(file.size, MAX_JSON);
  const lines = decode(await file.read(0, end, signal)).split('\n');
  if (end < file.size) lines.pop(); // Cut within.
  const filled = lines.filter((line) => line.trim() !== '');
  const values = filled.slice(0, MAX_LINES).map((line, i) => parseLine(line, i + 1));
  return { values, complete: end === file.size && filled.length <= MAX_LINES };
}

function parseLine(line: string, number: number): Json {
  try {
    return JSON.parse(line) as Json;
  } catch {
    throw new FormatError(`Line ${number} is not JSON`);
  }
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8').decode(bytes);
}

/** Engines tell the position in different words; the line is worked out from it where there is one. */
function place(text: string, error: unknown): string {
  const told = error instanceof Error ? error.message : '';
  const position = /position (\d+)/.exec(told)?.[1];
  if (position === undefined) return 'it ends too early or is empty';
  const before = text.slice(0, Number(position)).split('\n');
  return `there is a mistake in line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}
