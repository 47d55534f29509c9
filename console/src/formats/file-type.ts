/** Which viewer shows a file, by its name and size. */
export type FileType =
  | 'code'
  | 'markdown'
  | 'image'
  | 'audio'
  | 'video'
  | 'json'
  | 'jsonl'
  | 'delimited'
  | 'parquet'
  | 'safetensors'
  | 'gguf'
  | 'npy'
  | 'notebook'
  | 'binary';

const BY_EXTENSION = new Map<string, FileType>(
  Object.entries({
    md: 'markdown',
    markdown: 'markdown',
    png: 'image',
    jpg: 'image',
    jpeg: 'image',
    gif: 'image',
    webp: 'image',
    avif: 'image',
    bmp: 'image',
    ico: 'image',
    svg: 'image',
    mp3: 'audio',
    wav: 'audio',
    flac: 'audio',
    ogg: 'audio',
    opus: 'audio',
    m4a: 'audio',
    aac: 'audio',
    mp4: 'video',
    webm: 'video',
    mov: 'video',
    m4v: 'video',
    json: 'json',
    jsonl: 'jsonl',
    ndjson: 'jsonl',
    csv: 'delimited',
    tsv: 'delimited',
    parquet: 'parquet',
    safetensors: 'safetensors',
    gguf: 'gguf',
    npy: 'npy',
    ipynb: 'notebook',
  } as const),
);

const BINARY = new Set(
  (
    '7z a arrow bin bz2 ckpt class db dll doc docx dylib exe feather ftz gz h5 hdf5 jar joblib keras lib lz4 mar ' +
    'mlmodel msgpack npz o odt onnx ot otf parq pb pdf pickle pkl ppt pptx pt pth pyc rar so sqlite tar tflite tgz ' +
    'tiff tif ttf wasm wav woff woff2 xls xlsx xz z zip zst'
  ).split(' '),
);

/** More than this is not highlighted or rendered, but offered for download. */
export const MAX_TEXT = 8 * 1024 * 1024;

export function extension(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.includes('.') ? name.slice(name.lastIndexOf('.') + 1).toLowerCase() : '';
}

/** A file of unknown name counts as code until its bytes say otherwise. */
export function fileType(path: string, size: number): FileType {
  const known = BY_EXTENSION.get(extension(path));
  if (known === 'markdown' && size > MAX_TEXT) return 'binary';
  if (known !== undefined) return known;
  return BINARY.has(extension(path)) || size > MAX_TEXT ? 'binary' : 'code';
}

/** Zero bytes, or what is no UTF-8: not text. */
export function isText(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, 8192);
  if (sample.includes(0)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(sample, { stream: true });
    return true;
  } catch {
    return false;
  }
}
