/** The grammar for a file, by its name. Each is a chunk of its own, loaded when a file of that type is opened. */
import { StreamLanguage, type StreamParser } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { extension } from '@/formats/file-type';

type Load = () => Promise<Extension>;

const older = async (mode: Promise<StreamParser<unknown>>) => StreamLanguage.define(await mode);

/** A card, with its front matter. */
const card: Load = async () => {
  const [{ markdown, markdownLanguage }, { yamlFrontmatter }] = await Promise.all([
    import('@codemirror/lang-markdown'),
    import('@codemirror/lang-yaml'),
  ]);
  return yamlFrontmatter({ content: markdown({ base: markdownLanguage }) });
};
const script =
  (options: { typescript?: boolean; jsx?: boolean } = {}): Load =>
  () =>
    import('@codemirror/lang-javascript').then(({ javascript }) => javascript(options));
const json: Load = () => import('@codemirror/lang-json').then((module) => module.json());
const python: Load = () => import('@codemirror/lang-python').then((module) => module.python());
const yaml: Load = () => import('@codemirror/lang-yaml').then((module) => module.yaml());
const html: Load = () => import('@codemirror/lang-html').then((module) => module.html());
const css: Load = () => import('@codemirror/lang-css').then((module) => module.css());
const xml: Load = () => import('@codemirror/lang-xml').then((module) => module.xml());
const cpp: Load = () => import('@codemirror/lang-cpp').then((module) => module.cpp());
const rust: Load = () => import('@codemirror/lang-rust').then((module) => module.rust());
const shell: Load = () => older(import('@codemirror/legacy-modes/mode/shell').then(({ shell }) => shell));
const toml: Load = () => older(import('@codemirror/legacy-modes/mode/toml').then(({ toml }) => toml));
const ini: Load = () =>
  older(import('@codemirror/legacy-modes/mode/properties').then(({ properties }) => properties));
const cmake: Load = () => older(import('@codemirror/legacy-modes/mode/cmake').then(({ cmake }) => cmake));
const go: Load = () => older(import('@codemirror/legacy-modes/mode/go').then(({ go }) => go));
const docker: Load = () =>
  older(import('@codemirror/legacy-modes/mode/dockerfile').then(({ dockerFile }) => dockerFile));

const byExtension = new Map<string, Load>([
  ...['md', 'markdown', 'mdx'].map((name) => [name, card] as const),
  ...['json', 'jsonl', 'ndjson', 'ipynb'].map((name) => [name, json] as const),
  ...['py', 'pyi'].map((name) => [name, python] as const),
  ...['yaml', 'yml'].map((name) => [name, yaml] as const),
  ...['js', 'mjs', 'cjs'].map((name) => [name, script()] as const),
  ...['html', 'htm'].map((name) => [name, html] as const),
  ...['xml', 'svg'].map((name) => [name, xml] as const),
  ...['c', 'h', 'cc', 'cpp', 'hpp', 'cu', 'cuh'].map((name) => [name, cpp] as const),
  ...['sh', 'bash', 'zsh'].map((name) => [name, shell] as const),
  ...['ini', 'cfg', 'conf', 'properties'].map((name) => [name, ini] as const),
  ['jsx', script({ jsx: true })],
  ['ts', script({ typescript: true })],
  ['tsx', script({ typescript: true, jsx: true })],
  ['css', css],
  ['rs', rust],
  ['toml', toml],
  ['cmake', cmake],
  ['go', go],
]);
const byName = new Map<string, Load>([
  ['dockerfile', docker],
  ['cmakelists.txt', cmake],
]);

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1).toLowerCase();

/** Null for what is plain text, or of a type that nobody has heard of. */
export function loaderOf(path: string): Load | null {
  return byName.get(nameOf(path)) ?? byExtension.get(extension(path)) ?? null;
}

/** Lines of prose are broken where the window ends; those of programs are not. */
export const isProse = (path: string): boolean =>
  loaderOf(path) === null || /\.(md|markdown|mdx)$/i.test(path);

const bySpaces = 2;

/** What a step of indentation is in this file; for a new one, what is usual for its type. */
export function indentationOf(text: string, path: string): string {
  if (/^\t+\S/m.test(text)) return '\t';
  const found = /^( {2}| {4}| {8})\S/m.exec(text)?.[1];
  if (found) return found;
  if (/(^|\/)makefile$|\.(go|mk)$/i.test(path)) return '\t';
  return ' '.repeat(/\.pyi?$/i.test(path) ? 2 * bySpaces : bySpaces);
}

/** How lines end. With one of the two, a file comes out of the editor as it went in, whatever else is in it. */
export const lineBreakOf = (text: string): '\n' | '\r\n' =>
  text.includes('\r\n') && !/(^|[^\r])\n/.test(text) ? '\r\n' : '\n';
