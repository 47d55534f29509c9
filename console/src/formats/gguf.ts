/**
 * The head of a GGUF file: magic, version, counts, metadata (typed key-value pairs) and the tensors'
 * names, shapes and types. How long it is, only its end tells; so more and more of the file is read
 * until it was all there, up to a bound. Long arrays (vocabularies) are walked over, and only their
 * first items kept. Facts: the GGUF specification and ggml's type tables.
 */
import { elementsOf, type TensorInfo } from './dtypes';
import { FormatError } from './errors';
import { ggmlType } from './ggml-types';
import type { RangeReader } from './range-reader';

const FIRST_READ = 512 * 1024;
const MAX_HEAD = 192 * 1024 * 1024;
const MAX_DIMENSIONS = 8;
const KEPT_ITEMS = 64;
const MAX_NESTING = 4;

export type GgufScalar = string | number | bigint | boolean;
export interface GgufArray {
  itemType: string;
  length: number;
  /** The first ones only. */
  items: GgufValue[];
}
export type GgufValue = GgufScalar | GgufArray;

export interface GgufEntry {
  key: string;
  type: string;
  value: GgufValue;
}

export interface GgufTensor extends TensorInfo {
  /** Within the tensor data. */
  offset: number;
}

export interface GgufHead {
  version: number;
  littleEndian: boolean;
  metadata: GgufEntry[];
  tensors: GgufTensor[];
  parameters: number;
}

export async function readGguf(file: RangeReader, signal?: AbortSignal): Promise<GgufHead> {
  let bytes = await file.read(0, Math.min(file.size, FIRST_READ), signal);
  for (;;) {
    const head = parseHead(bytes);
    if (head) return head;
    if (bytes.length >= file.size)
      throw new FormatError('This GGUF file is cut off: it ends within its metadata');
    if (bytes.length >= MAX_HEAD)
      throw new FormatError('The metadata of this GGUF file is too large to be shown');
    bytes = await grown(file, bytes, signal);
  }
}

async function grown(file: RangeReader, bytes: Uint8Array, signal?: AbortSignal): Promise<Uint8Array> {
  const end = Math.min(file.size, bytes.length * 4, MAX_HEAD);
  const more = new Uint8Array(end);
  more.set(bytes);
  more.set(await file.read(bytes.length, end, signal), bytes.length);
  return more;
}

class NeedMore extends Error {}

/** Undefined: the head goes on after these bytes. */
function parseHead(bytes: Uint8Array): GgufHead | undefined {
  try {
    return new HeadParser(bytes).parse();
  } catch (error) {
    if (error instanceof NeedMore) return undefined;
    throw error;
  }
}

const VALUE_TYPES = [
  'u8',
  'i8',
  'u16',
  'i16',
  'u32',
  'i32',
  'f32',
  'bool',
  'string',
  'array',
  'u64',
  'i64',
  'f64',
] as const;
type ValueType = (typeof VALUE_TYPES)[number];
const WIDTH: Partial<Record<ValueType, number>> = {
  u8: 1,
  i8: 1,
  bool: 1,
  u16: 2,
  i16: 2,
  u32: 4,
  i32: 4,
  f32: 4,
  u64: 8,
  i64: 8,
  f64: 8,
};

class HeadParser {
  private at = 0;
  private little = true;
  private readonly view: DataView;
  private readonly text = new TextDecoder();

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  parse(): GgufHead {
    const version = this.version();
    const tensorCount = this.count('tensors');
    const entryCount = this.count('metadata entries');
    const metadata: GgufEntry[] = [];
    for (let i = 0; i < entryCount; ++i) metadata.push(this.entry());
    const tensors: GgufTensor[] = [];
    for (let i = 0; i < tensorCount; ++i) tensors.push(this.tensor());
    const parameters = tensors.reduce((sum, tensor) => sum + tensor.parameters, 0);
    return { version, littleEndian: this.little, metadata, tensors, parameters };
  }

  private version(): number {
    const magic = this.bytes.subarray(0, 4);
    if (this.text.decode(magic) !== 'GGUF')
      throw new FormatError('This is not a GGUF file: it does not begin with GGUF');
    this.at = 4;
    let version = this.u32();
    if ((version & 0xffff) === 0) {
      this.little = false;
      this.at = 4;
      version = this.u32();
    }
    if (version !== 2 && version !== 3)
      throw new FormatError(`This is GGUF version ${version}; versions 2 and 3 can be shown`);
    return version;
  }

  private entry(): GgufEntry {
    const key = this.string();
    const type = this.type();
    const value = this.value(type, 0);
    const name = isArray(value) ? `${value.itemType}[${value.length}]` : type;
    return { key, type: name, value };
  }

  private tensor(): GgufTensor {
    const name = this.string();
    const dimensions = this.u32();
    if (dimensions > MAX_DIMENSIONS)
      throw new FormatError(`Tensor “${name}” of this GGUF file claims ${dimensions} dimensions`);
    const shape: number[] = [];
    // ggml names the innermost extent first; people read it last, as in every other format.
    for (let i = 0; i < dimensions; ++i) shape.unshift(this.size());
    const type = ggmlType(this.u32());
    const offset = this.size();
    const parameters = elementsOf(shape);
    if (parameters === undefined)
      throw new FormatError(`Tensor “${name}” of this GGUF file is impossibly large`);
    const bytes = Math.ceil(parameters / type.blockSize) * type.blockBytes;
    return { name, dtype: type.name, shape, parameters, bytes, offset };
  }

  private value(type: ValueType, depth: number): GgufValue {
    if (type === 'array') return this.array(depth);
    return type === 'string' ? this.string() : this.scalar(type);
  }

  private array(depth: number): GgufArray {
    if (depth >= MAX_NESTING) throw new FormatError('The metadata of this GGUF file nests arrays too deeply');
    const itemType = this.type();
    const length = this.count('array items');
    const kept = Math.min(length, KEPT_ITEMS);
    const items: GgufValue[] = [];
    for (let i = 0; i < kept; ++i) items.push(this.value(itemType, depth + 1));
    const width = WIDTH[itemType];
    if (width !== undefined) this.advance(width * (length - kept));
    else for (let i = kept; i < length; ++i) this.pass(itemType, depth + 1);
    return { itemType, length, items };
  }

  /** As value(), but makes nothing of it. */
  private pass(type: ValueType, depth: number): void {
    if (type === 'string') this.advance(this.size());
    else this.value(type, depth);
  }

  private scalar(type: ValueType): GgufScalar {
    const at = this.advance(WIDTH[type] ?? 0);
    switch (type) {
      case 'u8':
        return this.view.getUint8(at);
      case 'i8':
        return this.view.getInt8(at);
      case 'u16':
        return this.view.getUint16(at, this.little);
      case 'i16':
        return this.view.getInt16(at, this.little);
      case 'u32':
        return this.view.getUint32(at, this.little);
      case 'i32':
        return this.view.getInt32(at, this.little);
      case 'f32':
        return this.view.getFloat32(at, this.little);
      case 'f64':
        return this.view.getFloat64(at, this.little);
      case 'u64':
        return this.view.getBigUint64(at, this.little);
      case 'i64':
        return this.view.getBigInt64(at, this.little);
      default:
        return this.view.getUint8(at) !== 0;
    }
  }

  private type(): ValueType {
    const number = this.u32();
    const type = VALUE_TYPES[number];
    if (type === undefined)
      throw new FormatError(`The metadata of this GGUF file has a value of unknown type ${number}`);
    return type;
  }

  private string(): string {
    const length = this.size();
    const at = this.advance(length);
    return this.text.decode(this.bytes.subarray(at, at + length));
  }

  private u32(): number {
    return this.view.getUint32(this.advance(4), this.little);
  }

  private size(): number {
    const value = this.view.getBigUint64(this.advance(8), this.little);
    if (value > BigInt(Number.MAX_SAFE_INTEGER))
      throw new FormatError('This GGUF file has a length that no file has');
    return Number(value);
  }

  /** Each of what is counted takes a byte at least, so more than the bound is a lie. */
  private count(what: string): number {
    const value = this.size();
    if (value > MAX_HEAD) throw new FormatError(`This GGUF file claims ${value} ${what}`);
    return value;
  }

  private advance(length: number): number {
    if (length > MAX_HEAD) throw new FormatError('This GGUF file has a value that is too large to be shown');
    const at = this.at;
    if (at + length > this.bytes.length) throw new NeedMore();
    this.at = at + length;
    return at;
  }
}

export function isArray(value: GgufValue): value is GgufArray {
  return typeof value === 'object';
}

const FILE_TYPES: Readonly<Record<number, string>> = {
  0: 'F32',
  1: 'F16',
  2: 'Q4_0',
  3: 'Q4_1',
  7: 'Q8_0',
  8: 'Q5_0',
  9: 'Q5_1',
  10: 'Q2_K',
  11: 'Q3_K_S',
  12: 'Q3_K_M',
  13: 'Q3_K_L',
  14: 'Q4_K_S',
  15: 'Q4_K_M',
  16: 'Q5_K_S',
  17: 'Q5_K_M',
  18: 'Q6_K',
  32: 'BF16',
};

/** What `general.file_type` says, e.g. Q4_K_M. */
export function quantization(head: GgufHead): string | undefined {
  const entry = head.metadata.find(({ key }) => key === 'general.file_type');
  return typeof entry?.value === 'number' ? FILE_TYPES[entry.value] : undefined;
}
