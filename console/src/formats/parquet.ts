/**
 * Parquet by range: the footer, then of the row groups only the pages that a view needs. Reading is
 * hyparquet's work; this bounds what a file can make it fetch and allocate, and names the types.
 */
import {
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
  type SchemaElement,
} from 'hyparquet';
import {
  decompressBrotli,
  decompressGzip,
  decompressLz4,
  decompressLz4Raw,
  decompressZstd,
} from 'hyparquet-compressors';

import { FormatError, ReadError } from './errors';
import type { RangeReader } from './range-reader';

const MAX_FOOTER = 64 * 1024 * 1024;
const MAX_PAGE = 256 * 1024 * 1024;

export interface ParquetColumn {
  name: string;
  type: string;
  nullable: boolean;
}

export interface ParquetFile {
  rows: number;
  rowGroups: { rows: number; bytes: number }[];
  columns: ParquetColumn[];
  createdBy: string | undefined;
  codecs: string[];
  read(start: number, end: number): Promise<Record<string, unknown>[]>;
}

export async function openParquet(file: RangeReader, signal?: AbortSignal): Promise<ParquetFile> {
  await checkFooter(file, signal);
  const buffer = asyncBuffer(file, signal);
  const metadata = await guarded(() => parquetMetadataAsync(buffer));
  return {
    rows: Number(metadata.num_rows),
    rowGroups: metadata.row_groups.map((group) => ({
      rows: Number(group.num_rows),
      bytes: Number(group.total_byte_size),
    })),
    columns: columnsOf(metadata),
    createdBy: metadata.created_by,
    codecs: codecsOf(metadata),
    read: (start, end) => readRows(buffer, metadata, start, end),
  };
}

async function readRows(file: AsyncBuffer, metadata: FileMetaData, start: number, end: number) {
  const rowEnd = Math.min(end, Number(metadata.num_rows));
  return guarded(() =>
    parquetReadObjects({
      file,
      metadata,
      rowStart: start,
      rowEnd,
      compressors: COMPRESSORS,
      useOffsetIndex: true,
      // Bytes that are not said to be text are no text.
      utf8: false,
    }),
  );
}

async function checkFooter(file: RangeReader, signal?: AbortSignal): Promise<void> {
  if (file.size < 12) throw new FormatError('This is not a Parquet file: it is too short');
  const end = await file.read(file.size - 8, file.size, signal);
  const magic = new TextDecoder().decode(end.subarray(4));
  if (magic === 'PARE') throw new FormatError('This Parquet file is encrypted');
  if (magic !== 'PAR1')
    throw new FormatError('This is not a Parquet file, or it is cut off: its end is missing');
  const length = new DataView(end.buffer, end.byteOffset).getUint32(0, true);
  if (length > file.size - 12)
    throw new FormatError('This Parquet file is broken: its footer would be longer than it is');
  if (length > MAX_FOOTER)
    throw new FormatError(`The footer of this Parquet file is too large to be shown: ${length} bytes`);
}

function asyncBuffer(file: RangeReader, signal?: AbortSignal): AsyncBuffer {
  return {
    byteLength: file.size,
    slice: async (start, end = file.size) => {
      const from = start < 0 ? Math.max(0, file.size + start) : start;
      const bytes = await file.read(from, end, signal);
      return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    },
  };
}

/** What hyparquet throws on broken bytes, said in one way. */
async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ReadError || error instanceof FormatError) throw error;
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    const told = error instanceof Error ? error.message : String(error);
    throw new FormatError(`This Parquet file cannot be read: ${told.replace(/^parquet /, '')}`);
  }
}

type Decompress = (input: Uint8Array, length: number) => Uint8Array;

function bounded(decompress: Decompress): Decompress {
  return (input, length) => {
    if (length > MAX_PAGE) throw new FormatError(`A page of this Parquet file claims ${length} bytes`);
    return decompress(input, length);
  };
}

// Snappy is hyparquet's own: the one beside these is WebAssembly, which a strict policy need not allow.
const COMPRESSORS: Compressors = {
  GZIP: bounded(decompressGzip),
  BROTLI: bounded(decompressBrotli),
  ZSTD: bounded((input, length) => decompressZstd(input, new Uint8Array(length))),
  LZ4: bounded(decompressLz4),
  LZ4_RAW: bounded(decompressLz4Raw),
};

function columnsOf(metadata: FileMetaData): ParquetColumn[] {
  return parquetSchema(metadata).children.map(({ element, children }) => ({
    name: element.name,
    type: children.length > 0 ? groupType(element) : typeName(element),
    nullable: element.repetition_type !== 'REQUIRED',
  }));
}

function groupType(element: SchemaElement): string {
  const type = element.logical_type?.type ?? element.converted_type;
  return type === 'LIST' || type === 'MAP' ? type.toLowerCase() : 'struct';
}

function typeName(element: SchemaElement): string {
  const logical = element.logical_type;
  if (logical?.type === 'INTEGER') return `${logical.isSigned ? 'int' : 'uint'}${logical.bitWidth}`;
  if (logical?.type === 'DECIMAL') return `decimal(${logical.precision}, ${logical.scale})`;
  const name = logical?.type ?? element.converted_type ?? element.type ?? 'unknown';
  return NAMES[name] ?? name.toLowerCase().replaceAll('_', ' ');
}

const NAMES: Readonly<Record<string, string>> = {
  STRING: 'text',
  UTF8: 'text',
  BYTE_ARRAY: 'bytes',
  FIXED_LEN_BYTE_ARRAY: 'bytes',
  DOUBLE: 'float64',
  FLOAT: 'float32',
  INT32: 'int32',
  INT64: 'int64',
  INT96: 'timestamp',
  BOOLEAN: 'bool',
  INT_8: 'int8',
  INT_16: 'int16',
  INT_32: 'int32',
  INT_64: 'int64',
  UINT_8: 'uint8',
  UINT_16: 'uint16',
  UINT_32: 'uint32',
  UINT_64: 'uint64',
  TIMESTAMP_MILLIS: 'timestamp',
  TIMESTAMP_MICROS: 'timestamp',
};

function codecsOf(metadata: FileMetaData): string[] {
  const codecs = metadata.row_groups.flatMap((group) =>
    group.columns.map((column) => column.meta_data?.codec),
  );
  return [...new Set(codecs.filter((codec) => codec !== undefined))];
}
