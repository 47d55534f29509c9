/**
 * How many parameters a repository has, and of which dtypes: from the headers of its safetensors files,
 * or of a GGUF file where there are none. Sharded models are read through their index file, so that
 * files of another model in the same repository are not counted with them.
 */
import { totalsByDtype, type DtypeTotal, type TensorInfo } from './dtypes';
import { readGguf } from './gguf';
import { parseJsonText } from './json';
import { HttpRangeReader, type RangeReader } from './range-reader';
import { readSafetensors } from './safetensors';

export interface RepoFile {
  path: string;
  size: number;
}

export interface RepoParameters {
  source: 'safetensors' | 'gguf';
  files: string[];
  parameters: number;
  dtypes: DtypeTotal[];
  /** Of more shards than are read, the rest is estimated from their sizes. */
  estimated: boolean;
}

export type OpenFile = (file: RepoFile) => RangeReader;

const MAX_SHARDS_READ = 64;
const AT_ONCE = 6;
const MAX_INDEX = 32 * 1024 * 1024;

/** Opens the files of one revision of a repository by its resolve URLs. */
export function openByUrl(resolveUrl: (path: string) => string): OpenFile {
  return (file) => new HttpRangeReader(resolveUrl(file.path), file.size);
}

/** Undefined: the repository has neither. Throws FormatError and ReadError. */
export async function repoParameters(
  files: readonly RepoFile[],
  open: OpenFile,
  signal?: AbortSignal,
): Promise<RepoParameters | undefined> {
  const chosen = await chooseSafetensors(files, open, signal);
  if (chosen.length > 0) return readShards(chosen, open, signal);
  const gguf = files
    .filter((file) => file.path.toLowerCase().endsWith('.gguf'))
    .sort((a, b) => a.size - b.size)[0];
  return gguf && readGgufFile(gguf, open, signal);
}

async function chooseSafetensors(
  files: readonly RepoFile[],
  open: OpenFile,
  signal?: AbortSignal,
): Promise<RepoFile[]> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const single = byPath.get('model.safetensors') ?? byPath.get('diffusion_pytorch_model.safetensors');
  if (single) return [single];
  const index = files.filter((file) => file.path.endsWith('.safetensors.index.json')).sort(byDepth)[0];
  const shards = index ? await shardsOf(index, byPath, open, signal) : [];
  if (shards.length > 0) return shards;
  const all = files.filter((file) => file.path.endsWith('.safetensors')).sort(byDepth);
  return all.filter((file) => folder(file.path) === folder(all[0]?.path ?? '')).slice(0, 1);
}

async function shardsOf(
  index: RepoFile,
  byPath: ReadonlyMap<string, RepoFile>,
  open: OpenFile,
  signal?: AbortSignal,
): Promise<RepoFile[]> {
  if (index.size > MAX_INDEX) return [];
  const text = new TextDecoder().decode(await open(index).read(0, index.size, signal));
  const root = parseJsonText(text);
  const map = typeof root === 'object' && root !== null && !Array.isArray(root) ? root.weight_map : undefined;
  if (typeof map !== 'object' || map === null || Array.isArray(map)) return [];
  const names = new Set(Object.values(map).filter((name) => typeof name === 'string'));
  const found = [...names].map((name) => byPath.get(folder(index.path) + name));
  return found.filter((file) => file !== undefined);
}

async function readShards(
  shards: readonly RepoFile[],
  open: OpenFile,
  signal?: AbortSignal,
): Promise<RepoParameters> {
  const read = shards.slice(0, MAX_SHARDS_READ);
  const tensors: TensorInfo[] = [];
  for (let i = 0; i < read.length; i += AT_ONCE) {
    const headers = read.slice(i, i + AT_ONCE).map((file) => readSafetensors(open(file), signal));
    for (const header of await Promise.all(headers))
      for (const tensor of header.tensors) tensors.push(tensor);
  }
  const known = read.reduce((sum, file) => sum + file.size, 0);
  const all = shards.reduce((sum, file) => sum + file.size, 0);
  return summary('safetensors', shards, tensors, known === 0 ? 1 : all / known);
}

async function readGgufFile(file: RepoFile, open: OpenFile, signal?: AbortSignal): Promise<RepoParameters> {
  const head = await readGguf(open(file), signal);
  return summary('gguf', [file], head.tensors, 1);
}

function summary(
  source: RepoParameters['source'],
  files: readonly RepoFile[],
  tensors: readonly TensorInfo[],
  scale: number,
): RepoParameters {
  const dtypes = totalsByDtype(tensors).map((total) => ({
    ...total,
    parameters: Math.round(total.parameters * scale),
    bytes: Math.round(total.bytes * scale),
  }));
  const parameters = dtypes.reduce((sum, total) => sum + total.parameters, 0);
  return { source, files: files.map((file) => file.path), parameters, dtypes, estimated: scale !== 1 };
}

function folder(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

function byDepth(a: RepoFile, b: RepoFile): number {
  return a.path.split('/').length - b.path.split('/').length || a.path.localeCompare(b.path);
}
