/**
 * The header of a safetensors file: 8 bytes with its length (little endian), then JSON that maps names
 * to dtype, shape and the place of the data after the header. The format allows headers up to 100 MB.
 */
import { bitsOf, elementsOf, type TensorInfo } from './dtypes';
import { FormatError } from './errors';
import type { RangeReader } from './range-reader';

const LENGTH_BYTES = 8;
const MAX_HEADER = 100_000_000;
const FIRST_READ = 64 * 1024; // Headers of small models fit, so that one request is enough.

export interface SafetensorsTensor extends TensorInfo {
  /** Within the data, which begins at `dataOffset`. */
  offsets: [number, number];
}

export interface SafetensorsHeader {
  tensors: SafetensorsTensor[];
  metadata: Record<string, string>;
  dataOffset: number;
  parameters: number;
}

export async function readSafetensors(file: RangeReader, signal?: AbortSignal): Promise<SafetensorsHeader> {
  if (file.size < LENGTH_BYTES) throw new FormatError('This is not a safetensors file: it has no header');
  const first = await file.read(0, Math.min(file.size, FIRST_READ), signal);
  const length = headerLength(first, file.size);
  const end = LENGTH_BYTES + length;
  const json = new Uint8Array(length);
  json.set(first.subarray(LENGTH_BYTES, end));
  if (end > first.length) json.set(await file.read(first.length, end, signal), first.length - LENGTH_BYTES);
  return parseHeader(json, file.size - end);
}

function headerLength(first: Uint8Array, size: number): number {
  const length = new DataView(first.buffer, first.byteOffset, first.byteLength).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER))
    throw new FormatError(`This is not a safetensors file: its header would be ${length} bytes long`);
  if (Number(length) > size - LENGTH_BYTES)
    throw new FormatError('This safetensors file is cut off: it ends within its header');
  return Number(length);
}

function parseHeader(json: Uint8Array, dataLength: number): SafetensorsHeader {
  const value = parseJson(json);
  const tensors: SafetensorsTensor[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, entry] of Object.entries(value)) {
    if (name === '__metadata__') metadata = parseMetadata(entry);
    else tensors.push(parseTensor(name, entry, dataLength));
  }
  tensors.sort((a, b) => a.offsets[0] - b.offsets[0] || a.offsets[1] - b.offsets[1]);
  const parameters = tensors.reduce((sum, tensor) => sum + tensor.parameters, 0);
  return { tensors, metadata, dataOffset: json.length + LENGTH_BYTES, parameters };
}

function parseJson(json: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch {
    throw new FormatError('The header of this safetensors file is not JSON');
  }
  if (!isRecord(value)) throw new FormatError('The header of this safetensors file is not a JSON object');
  return value;
}

function parseMetadata(entry: unknown): Record<string, string> {
  if (!isRecord(entry)) throw new FormatError('The metadata of this safetensors file is not an object');
  const texts = Object.entries(entry).map(([key, text]) => [
    key,
    typeof text === 'string' ? text : JSON.stringify(text),
  ]);
  return Object.fromEntries(texts) as Record<string, string>;
}

function parseTensor(name: string, entry: unknown, dataLength: number): SafetensorsTensor {
  const wrong = (what: string) => new FormatError(`Tensor “${name}” of this safetensors file ${what}`);
  if (!isRecord(entry)) throw wrong('is not described by an object');
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== 'string') throw wrong('has no dtype');
  if (!isCounts(shape)) throw wrong('has no shape');
  if (!isCounts(offsets) || offsets.length !== 2) throw wrong('has no place in the data');
  const [begin, end] = offsets as [number, number];
  if (begin > end || end > dataLength) throw wrong('lies outside of the file');
  const parameters = elementsOf(shape);
  if (parameters === undefined) throw wrong('is impossibly large');
  const bits = bitsOf(dtype);
  if (bits !== undefined && Math.ceil((parameters * bits) / 8) !== end - begin)
    throw wrong('has another size than its shape tells');
  return { name, dtype, shape, parameters, bytes: end - begin, offsets: [begin, end] };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}
