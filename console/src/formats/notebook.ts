/**
 * Jupyter notebooks (nbformat 3 and 4) as plain data: cells, and for each output the richest form that
 * can be shown safely. Nothing of it is HTML yet; whoever renders `html` must sanitise it. Scripts,
 * widgets and JavaScript outputs are left out here already.
 */
import { FormatError } from './errors';
import { MAX_JSON, parseJsonText, type Json } from './json';
import type { RangeReader } from './range-reader';

export type NotebookOutput =
  | { kind: 'text'; text: string; stream: 'stdout' | 'stderr' | 'result' }
  | { kind: 'error'; name: string; text: string }
  | { kind: 'html'; html: string }
  | { kind: 'markdown'; text: string }
  | { kind: 'image'; source: string; alt: string }
  | { kind: 'unsupported'; type: string };

export interface NotebookCell {
  type: 'markdown' | 'code' | 'raw';
  source: string;
  executionCount: number | undefined;
  outputs: NotebookOutput[];
  /** Pictures pasted into markdown cells, by name, as data URLs; nothing that is no picture. */
  attachments: Record<string, string>;
}

export interface Notebook {
  language: string;
  cells: NotebookCell[];
}

export async function readNotebook(file: RangeReader, signal?: AbortSignal): Promise<Notebook> {
  if (file.size > MAX_JSON)
    throw new FormatError('This notebook is larger than 16 MiB, too large to be shown');
  return parseNotebook(new TextDecoder().decode(await file.read(0, file.size, signal)));
}

export function parseNotebook(text: string): Notebook {
  const root = record(parseJsonText(text));
  const format = root?.nbformat;
  if (!root || typeof format !== 'number')
    throw new FormatError('This is not a notebook: it names no nbformat');
  const cells = format >= 4 ? root.cells : record(list(root.worksheets)[0] ?? null)?.cells;
  if (!Array.isArray(cells)) throw new FormatError('This notebook has no cells');
  return { language: languageOf(root), cells: cells.map(parseCell) };
}

function languageOf(root: Record<string, Json>): string {
  const metadata = record(root.metadata ?? null);
  const info = record(metadata?.language_info ?? null)?.name;
  const kernel = record(metadata?.kernelspec ?? null)?.language;
  return typeof info === 'string' ? info : typeof kernel === 'string' ? kernel : 'python';
}

function parseCell(value: Json): NotebookCell {
  const cell = record(value);
  if (!cell) throw new FormatError('A cell of this notebook is not an object');
  const type = cell.cell_type === 'code' ? 'code' : cell.cell_type === 'raw' ? 'raw' : 'markdown';
  const count = cell.execution_count ?? cell.prompt_number;
  const heading = cell.cell_type === 'heading' ? `${'#'.repeat(Math.min(6, Number(cell.level) || 1))} ` : '';
  return {
    type,
    source: heading + joined(cell.source ?? cell.input),
    executionCount: typeof count === 'number' ? count : undefined,
    outputs: type === 'code' ? list(cell.outputs).map(parseOutput) : [],
    attachments: parseAttachments(cell.attachments),
  };
}

function parseAttachments(value: Json | undefined): Record<string, string> {
  const found: [string, string][] = [];
  for (const [name, bundle] of Object.entries(record(value ?? null) ?? {})) {
    const image = imageOf(record(bundle) ?? {});
    if (image !== undefined) found.push([name, image]);
  }
  return Object.fromEntries(found);
}

function parseOutput(value: Json): NotebookOutput {
  const output = record(value) ?? {};
  const type = output.output_type;
  if (type === 'stream')
    return {
      kind: 'text',
      text: plain(joined(output.text)),
      stream: (output.name ?? output.stream) === 'stderr' ? 'stderr' : 'stdout',
    };
  if (type === 'error' || type === 'pyerr')
    return {
      kind: 'error',
      name: joined(output.ename) || 'Error',
      text: plain(texts(output.traceback).join('\n')),
    };
  return parseBundle(record(output.data ?? null) ?? legacyBundle(output), joined(type) || 'unknown');
}

function parseBundle(data: Record<string, Json>, type: string): NotebookOutput {
  const alt = plain(joined(data['text/plain'])).slice(0, 200) || 'output of the cell';
  const image = imageOf(data);
  if (image !== undefined) return { kind: 'image', source: image, alt };
  if (data['text/html'] !== undefined) return { kind: 'html', html: joined(data['text/html']) };
  if (data['text/markdown'] !== undefined) return { kind: 'markdown', text: joined(data['text/markdown']) };
  if (data['text/latex'] !== undefined) return { kind: 'markdown', text: joined(data['text/latex']) };
  if (data['text/plain'] !== undefined)
    return { kind: 'text', text: plain(joined(data['text/plain'])), stream: 'result' };
  return { kind: 'unsupported', type: Object.keys(data)[0] ?? type };
}

// SVG becomes an image, in which scripts do not run. Outputs hold it as text, what was pasted as base64.
function imageOf(data: Record<string, Json>): string | undefined {
  for (const type of ['image/png', 'image/jpeg', 'image/gif', 'image/webp']) {
    const image = base64Image(type, joined(data[type]));
    if (image !== undefined) return image;
  }
  const svg = joined(data['image/svg+xml']).trim();
  if (svg === '') return undefined;
  return svg.startsWith('<')
    ? `data:image/svg+xml,${encodeURIComponent(svg)}`
    : base64Image('image/svg+xml', svg);
}

function base64Image(type: string, value: string): string | undefined {
  const base64 = value.replace(/\s/g, '');
  return /^[A-Za-z0-9+/]+=*$/.test(base64) ? `data:${type};base64,${base64}` : undefined;
}

const LEGACY: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpeg: 'image/jpeg',
  svg: 'image/svg+xml',
  html: 'text/html',
  latex: 'text/latex',
  text: 'text/plain',
};

function legacyBundle(output: Record<string, Json>): Record<string, Json> {
  const found: [string, Json][] = [];
  for (const [name, type] of Object.entries(LEGACY)) {
    const value = output[name];
    if (value !== undefined) found.push([type, value]);
  }
  return Object.fromEntries(found);
}

/** Without the colours of terminals. */
export function plain(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '');
}

function joined(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  return texts(value).join('');
}

function texts(value: Json | undefined): string[] {
  return list(value).filter((part) => typeof part === 'string');
}

function list(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

function record(value: Json): Record<string, Json> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}
