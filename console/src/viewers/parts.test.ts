import { describe, expect, it } from 'vitest';
import { hexDump } from './binary';
import { highlight, languageOf } from './highlight';
import { formatLines, parseLines, parseTyped } from './lines';
import { safeTree } from './safe-html';
import { widthFor } from './table';
import { cellText } from './values';

describe('lines', () => {
  it.each([
    ['#L10', { first: 10, last: 10 }],
    ['#L10-L20', { first: 10, last: 20 }],
    ['#L20-L10', { first: 10, last: 20 }],
    ['#L3-5', { first: 3, last: 5 }],
    ['#L0', undefined],
    ['#heading', undefined],
    ['#L1x', undefined],
    ['', undefined],
  ])('are read from %s', (hash, range) => {
    expect(parseLines(hash)).toEqual(range);
    if (range) expect(parseLines(formatLines(range))).toEqual(range);
  });

  it.each(['10-20', 'L10-L20', ' 10 – 20', '10:20', '#L10-L20'])('are typed as %s', (typed) => {
    expect(parseTyped(typed)).toEqual({ first: 10, last: 20 });
  });
});

describe('highlight', () => {
  it('keeps the text and its lines, whatever spans them', () => {
    const text = '"""one\ntwo"""\nx = 1\n\n';
    const lines = highlight(text, 'a.py');
    expect(lines.map((line) => line.map((token) => token.text).join('')).join('\n')).toBe(text);
    expect(lines[1]?.[0]?.className).toContain('hljs-string');
  });

  it.each([
    ['Dockerfile', 'dockerfile'],
    ['a/Makefile', 'makefile'],
    ['x.toml', 'ini'],
    ['x.unknown', undefined],
    ['x.txt', undefined],
    ['constructor', undefined],
  ])('takes %s for %s', (path, language) => {
    expect(languageOf(path)).toBe(language);
  });
});

const attacks = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<a href="javascript:alert(1)">x</a>',
  '<a href="data:text/html,x">x</a>',
  '<svg onload=alert(1)><script>alert(1)</script></svg>',
  '<iframe src="//example.org"></iframe>',
  '<form action="/api/repos/delete"><button>x</button></form>',
  '<div style="position:fixed;inset:0" onclick="alert(1)">x</div>',
  '<style>body{display:none}</style>',
  '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>',
  '<object data="x"></object><embed src="x"><link rel=stylesheet href=x><base href=x><meta http-equiv=refresh>',
];

describe('HTML of notebooks', () => {
  it.each(attacks)('is made harmless: %s', (html) => {
    const text = JSON.stringify(safeTree(html));
    expect(text).not.toMatch(
      /javascript:|data:text|onerror|onload|onclick|"style"|"script"|"iframe"|"form"|"object"|"link"|"base"|"meta"|"img"|"embed"/,
    );
  });

  it('keeps tables', () => {
    const text = JSON.stringify(
      safeTree('<div>\n<style scoped>x</style>\n\n<table><thead><tr><th>a</th></tr></thead></table></div>'),
    );
    expect(text).toContain('"th"');
    expect(text).not.toContain('scoped');
  });
});

describe('values', () => {
  it.each([
    [null, ''],
    [12n, '12'],
    [new Date(0), '1970-01-01T00:00:00Z'],
    [new Date(NaN), ''],
    [new Uint8Array([1, 255]), '01 ff'],
    [{ a: 1n, b: [new Uint8Array([2])] }, '{"a":1,"b":["02"]}'],
  ])('%o is shown as %s', (value, text) => {
    expect(cellText(value)).toBe(text);
  });

  it('are given a width within bounds', () => {
    expect(widthFor([])).toBe(72);
    expect(widthFor(['x'.repeat(1000)])).toBe(360);
  });

  it('are dumped as bytes', () => {
    expect(hexDump(new Uint8Array([65, 0, 66]))).toBe(`000000  41 00 42${' '.repeat(39)}  A.B`);
  });
});
