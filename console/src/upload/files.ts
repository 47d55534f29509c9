/** Files that were picked or dropped, with the path each gets in the repository. */
import type { UploadFile } from './messages';

const leftOut =
  /(^|\/)(\.git|\.DS_Store|Thumbs\.db|__pycache__|\.ipynb_checkpoints)(\/|$)|(^|\/)\.cache\/huggingface\//;

export interface Picked {
  files: UploadFile[];
  leftOut: number;
}

export function sorted(found: readonly UploadFile[], folder: string): Picked {
  const files = found
    .filter(({ path }) => !leftOut.test(path))
    .map(({ path, file }) => ({ path: folder ? `${folder}/${path}` : path, file }));
  return { files, leftOut: found.length - files.length };
}

/** Of an <input>. A folder's own name is not part of the paths: its content is what was meant. */
export function fromInput(list: FileList): UploadFile[] {
  return [...list].map((file) => ({ path: withoutFirst(file.webkitRelativePath) || file.name, file }));
}

const withoutFirst = (path: string) => path.slice(path.indexOf('/') + 1);

/** Of a drop: folders are walked through. A single folder counts as its content. */
export async function fromDrop(data: DataTransfer): Promise<UploadFile[]> {
  // Entries are there during the event only; all are taken before anything is awaited.
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const [only] = entries;
  const roots = entries.length === 1 && only && isFolder(only) ? await children(only) : entries;
  const found = await Promise.all(roots.map((entry) => walk(entry, '')));
  return found.flat();
}

async function walk(entry: FileSystemEntry, prefix: string): Promise<UploadFile[]> {
  const path = prefix + entry.name;
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    return [{ path, file }];
  }
  if (!isFolder(entry)) return [];
  const found = await Promise.all((await children(entry)).map((child) => walk(child, `${path}/`)));
  return found.flat();
}

/** The browser answers a hundred at a time, and an empty list at the end. */
async function children(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

/** Later ones of the same path replace earlier ones. */
export function merged(before: readonly UploadFile[], more: readonly UploadFile[]): UploadFile[] {
  const all = new Map([...before, ...more].map((one) => [one.path, one]));
  return [...all.values()].sort((a, b) => a.path.localeCompare(b.path, 'en', { numeric: true }));
}
