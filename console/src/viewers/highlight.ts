/** Source as lines of coloured tokens, by highlight.js's grammars (through lowlight). */
import type { ElementContent, Root, RootContent } from 'hast';
import { common, createLowlight } from 'lowlight';
import cmake from 'highlight.js/lib/languages/cmake';
import dockerfile from 'highlight.js/lib/languages/dockerfile';
import protobuf from 'highlight.js/lib/languages/protobuf';
import { extension } from '@/formats/file-type';

export interface Token {
  text: string;
  className: string;
}
export type Line = Token[];

const lowlight = createLowlight({ ...common, cmake, dockerfile, proto: protobuf });

const byExtension = new Map(
  Object.entries({
    cfg: 'ini',
    conf: 'ini',
    cu: 'cpp',
    gitattributes: 'plaintext',
    jinja: 'xml',
    jsonl: 'json',
    mjs: 'javascript',
    pyi: 'python',
    sh: 'bash',
    svg: 'xml',
    toml: 'ini',
    tsv: 'plaintext',
    csv: 'plaintext',
    txt: 'plaintext',
  }),
);
const byName = new Map(
  Object.entries({
    dockerfile: 'dockerfile',
    makefile: 'makefile',
    'cmakelists.txt': 'cmake',
  }),
);

// Colours are for reading; beyond this nobody reads, and the browser would stand still.
const mostColoured = 400_000;

// Its registry is a plain object: "constructor" would be found in it, too.
const known = (name: string) => !(name in Object.prototype) && lowlight.registered(name);

export function languageOf(path: string): string | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const wanted = byName.get(name) ?? byExtension.get(extension(path)) ?? extension(path);
  return wanted !== 'plaintext' && known(wanted) ? wanted : undefined;
}

export function highlight(text: string, path: string): Line[] {
  const language = text.length <= mostColoured ? languageOf(path) : undefined;
  if (language === undefined) return text.split('\n').map((line) => [{ text: line, className: '' }]);
  return linesOf(lowlight.highlight(language, text));
}

export function linesOf(root: Root): Line[] {
  const lines: Line[] = [[]];
  const add = (text: string, className: string) => {
    const [first = '', ...rest] = text.split('\n');
    if (first !== '') lines.at(-1)?.push({ text: first, className });
    for (const part of rest) lines.push(part === '' ? [] : [{ text: part, className }]);
  };
  const walk = (node: RootContent | ElementContent, className: string) => {
    if (node.type === 'text') add(node.value, className);
    if (node.type !== 'element') return;
    const own = Array.isArray(node.properties.className) ? node.properties.className.join(' ') : className;
    for (const child of node.children) walk(child, own);
  };
  for (const node of root.children) walk(node, '');
  return lines;
}
