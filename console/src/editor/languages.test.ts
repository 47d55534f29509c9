// @vitest-environment node
import { EditorState } from '@codemirror/state';
import { language } from '@codemirror/language';
import { expect, test, vi } from 'vitest';
import { indentationOf, isProse, lineBreakOf, loaderOf } from './languages';

vi.setConfig({ testTimeout: 60_000 });

test.each([
  ['README.md'],
  ['config.json'],
  ['train.py'],
  ['a.yml'],
  ['a.mjs'],
  ['a.tsx'],
  ['index.html'],
  ['a.css'],
  ['drawing.svg'],
  ['kernel.cu'],
  ['a.rs'],
  ['run.sh'],
  ['pyproject.toml'],
  ['setup.cfg'],
  ['sub/CMakeLists.txt'],
  ['main.go'],
  ['Dockerfile'],
])('%s has a grammar', async (path) => {
  const extension = await loaderOf(path)?.();
  expect(EditorState.create({ extensions: extension ?? [] }).facet(language)).not.toBeNull();
});

test.each(['LICENSE', 'notes.txt', 'constructor', '.gitattributes'])('%s is plain text', (path) => {
  expect(loaderOf(path)).toBeNull();
  expect(isProse(path)).toBe(true);
});

test('programs are not broken into lines of their own', () => {
  expect(isProse('a.md')).toBe(true);
  expect(isProse('a.py')).toBe(false);
});

test.each([
  ['a\n\tb', 'a.py', '\t'],
  ['a\n   \n    b', 'a.json', '    '],
  ['a\n  b\n    c', 'a.py', '  '],
  ['', 'a.py', '    '],
  ['', 'Makefile', '\t'],
  ['', 'a.json', '  '],
])('the indentation of %j in %s is %j', (text, path, unit) => {
  expect(indentationOf(text, path)).toBe(unit);
});

test.each([
  ['', '\n'],
  ['a\nb', '\n'],
  ['a\r\nb\r\n', '\r\n'],
  ['a\r\nb\n', '\n'],
  ['\na\r\n', '\n'],
  ['a\r\n\nb', '\n'],
])('the lines of %j end with %j', (text, end) => {
  expect(lineBreakOf(text)).toBe(end);
});
