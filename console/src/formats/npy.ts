/**
 * The header of a NumPy .npy file: magic, version, the header's length and a Python literal with
 * descr, fortran_order and shape. Only literals that NumPy writes are understood. Format: numpy.lib.format.
 */
import { elementsOf } from './dtypes';
import { FormatError } from './errors';
import type { RangeReader } from './range-reader';

const MAX_HEADER = 1024 * 1024;
const SHOWN_VALUES = 1000;

export interface NpyHeader {
  version: string;
  /** As written, e.g. `<f4`; a list for structured types. */
  descr: string;
  dtype: string;
  fortranOrder: boolean;
  shape: number[];
  elements: number;
  dataOffset: number;
}

export async function readNpy(file: RangeReader, signal?: AbortSignal): Promise<NpyHeader> {
  const start = await file.read(0, Math.min(file.size, 12), signal);
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
  if (start.length < 10 || magic.some((byte, i) => start[i] !== byte))
    throw new FormatError('This is not a NumPy file: its first bytes are others');
  const [major, minor] = [start[6] ?? 0, start[7] ?? 0];
  if (major < 1 || major > 3)
    throw new FormatError(`This is NumPy format ${major}.${minor}; up to 3.0 can be shown`);
  const lengthBytes = major === 1 ? 2 : 4;
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  if (start.length < 8 + lengthBytes) throw new FormatError('This NumPy file ends within its header');
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const dataOffset = 8 + lengthBytes + length;
  if (length > MAX_HEADER) throw new FormatError(`The header of this NumPy file claims ${length} bytes`);
  if (dataOffset > file.size) throw new FormatError('This NumPy file ends within its header');
  const text = new TextDecoder(major === 3 ? 'utf-8' : 'latin1').decode(
    await file.read(8 + lengthBytes, dataOffset, signal),
  );
  return { version: `${major}.${minor}`, ...parseLiteral(text), dataOffset };
}

function parseLiteral(
  text: string,
): Pick<NpyHeader, 'descr' | 'dtype' | 'fortranOrder' | 'shape' | 'elements'> {
  const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const extents = /'shape':\s*\(([\d,\sL]*)\)/.exec(text)?.[1];
  const plain = /'descr':\s*'([^']*)'/.exec(text)?.[1];
  const fields = /'descr':\s*(\[.*\])\s*,\s*'fortran_order'/s.exec(text)?.[1];
  const descr = plain ?? fields;
  if (order === undefined || extents === undefined || descr === undefined)
    throw new FormatError('The header of this NumPy file cannot be understood');
  const shape = extents
    .split(',')
    .map((extent) => extent.replace('L', '').trim())
    .filter((extent) => extent !== '')
    .map(Number);
  const elements = elementsOf(shape);
  if (elements === undefined || shape.some((extent) => !Number.isSafeInteger(extent)))
    throw new FormatError('The shape of this NumPy file is impossibly large');
  return {
    descr,
    dtype: plain === undefined ? 'structured' : dtypeName(plain),
    fortranOrder: order === 'True',
    shape,
    elements,
  };
}

const KINDS: Readonly<Record<string, string>> = { b: 'bool', i: 'int', u: 'uint', f: 'float', c: 'complex' };

function dtypeName(descr: string): string {
  const [, , kind = '', width = ''] = /^([<>|=]?)([a-zA-Z])(\d*)/.exec(descr) ?? [];
  const name = KINDS[kind];
  if (kind === 'b') return 'bool';
  if (name !== undefined) return `${name}${Number(width) * 8}`;
  return (
    { U: `text of ${width}`, S: `bytes of ${width}`, O: 'Python objects', M: 'datetime64', m: 'timedelta64' }[
      kind
    ] ?? descr
  );
}

type Read = (view: DataView, at: number, little: boolean) => number | bigint;
const READS: Readonly<Record<string, [number, Read]>> = {
  b1: [1, (v, at) => v.getUint8(at)],
  i1: [1, (v, at) => v.getInt8(at)],
  u1: [1, (v, at) => v.getUint8(at)],
  i2: [2, (v, at, little) => v.getInt16(at, little)],
  u2: [2, (v, at, little) => v.getUint16(at, little)],
  i4: [4, (v, at, little) => v.getInt32(at, little)],
  u4: [4, (v, at, little) => v.getUint32(at, little)],
  i8: [8, (v, at, little) => v.getBigInt64(at, little)],
  u8: [8, (v, at, little) => v.getBigUint64(at, little)],
  f2: [2, (v, at, little) => half(v.getUint16(at, little))],
  f4: [4, (v, at, little) => v.getFloat32(at, little)],
  f8: [8, (v, at, little) => v.getFloat64(at, little)],
};

/** The first values, in the order of the file; undefined for types that are no plain numbers. */
export async function readNpyValues(
  file: RangeReader,
  header: NpyHeader,
  signal?: AbortSignal,
): Promise<(number | bigint)[] | undefined> {
  const [, order = '', type = ''] = /^([<>|=]?)(.*)$/.exec(header.descr) ?? [];
  const known = Object.hasOwn(READS, type) ? READS[type] : undefined;
  if (known === undefined) return undefined;
  const [width, read] = known;
  const count = Math.min(header.elements, SHOWN_VALUES, Math.floor((file.size - header.dataOffset) / width));
  const bytes = await file.read(header.dataOffset, header.dataOffset + count * width, signal);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: count }, (_, i) => read(view, i * width, order !== '>'));
}

/** IEEE 754 binary16. */
export function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
