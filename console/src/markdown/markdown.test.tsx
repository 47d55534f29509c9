import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { MemoryRouter } from 'react-router';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { foreignHosts, Markdown } from '.';
import { admitted, encrypted, loadAgain } from './elsewhere';
import { withoutFrontMatter } from './front-matter';
import { linkTarget, pathFrom, sourceTarget, type Place } from './links';

vi.mock('./elsewhere', async (original) => ({
  ...(await original<typeof import('./elsewhere')>()),
  admitted: vi.fn(() => false),
  loadAgain: vi.fn(),
}));
afterEach(() => {
  sessionStorage.clear();
  vi.mocked(admitted).mockReturnValue(false);
  vi.mocked(loadAgain).mockClear();
});

const place: Place = { kind: 'model', id: 'me/model', revision: 'main', folder: '' };

function show(text: string, pasted?: Record<string, string>): HTMLElement {
  const { container } = render(
    <QueryClientProvider client={new QueryClient()}>
      <MemoryRouter>
        <Markdown text={text} place={place} {...(pasted ? { pasted } : {})} />
      </MemoryRouter>
    </QueryClientProvider>,
  );
  return container;
}

/** What no card may bring into the page, however it is written. */
const attacks: [name: string, text: string][] = [
  ['a script', '<script>attack()</script>'],
  ['a script in a script', '<scr<script>ipt>attack()</scr</script>ipt>'],
  ['an event handler', '<img src="x" onerror="attack()">'],
  ['an event handler without quotes', '<img src=x onerror=attack()//'],
  ['an event handler on what is allowed', '<details open ontoggle="attack()"><summary>x</summary></details>'],
  ['a script in a link', '<a href="javascript:attack()">x</a>'],
  ['a script in a link of Markdown', '[x](javascript:attack())'],
  ['a script in a link, disguised', '<a href="&#106;avascript&colon;attack()">x</a>'],
  ['a script in a link, with a tab', '<a href="java\tscript:attack()">x</a>'],
  ['a script in an autolink', '<javascript:attack()>'],
  ['a script in a reference', '[x][1]\n\n[1]: vbscript:attack()'],
  ['a page in a link', '<a href="data:text/html,<script>attack()</script>">x</a>'],
  ['a script in a picture', '![x](javascript:attack())'],
  ['a page in a picture', '<img src="data:text/html;base64,PHNjcmlwdD4=">'],
  ['a drawing with a script', '<svg><script>attack()</script></svg>'],
  ['a drawing with a handler', '<svg onload="attack()"><animate onbegin="attack()"></svg>'],
  ['a drawing with a link', '<svg><a xlink:href="javascript:attack()"><text>x</text></a></svg>'],
  ['a formula as a carrier', '<math><mtext><style><img src=x onerror=attack()></style></mtext></math>'],
  ['a link made by a formula', '$\\href{javascript:attack()}{x}$'],
  ['a picture made by a formula', '$\\includegraphics{https://evil.example/x.png}$'],
  ['attributes made by a formula', '$\\htmlData{onclick=attack()}{x}$'],
  ['a frame', '<iframe src="https://evil.example"></iframe>'],
  ['a frame with a page', '<iframe srcdoc="<script>attack()</script>"></iframe>'],
  ['an object', '<object data="x.swf"></object><embed src="x.swf">'],
  [
    'a form',
    '<form action="https://evil.example"><button formaction="javascript:attack()">x</button></form>',
  ],
  ['a field for passwords', '<input type="password" name="password">'],
  ['a style sheet', '<style>* { display: none }</style><link rel="stylesheet" href="https://evil.example">'],
  ['a style over the page', '<div style="position:fixed;inset:0">x</div>'],
  ['a class of the console', '<div class="dialog toast header">x</div>'],
  ['another base for links', '<base href="https://evil.example/">'],
  ['a way to another page', '<meta http-equiv="refresh" content="0;url=https://evil.example">'],
  ['an element in place of ours', '<a id="main" name="root">x</a>'],
  ['a heading in place of ours', '# main'],
  ['a source with a script', '<picture><source srcset="javascript:attack()"><img src="a.png"></picture>'],
  [
    'a film with a handler',
    '<video src="a.mp4" onloadstart="attack()" poster="javascript:attack()"></video>',
  ],
  ['a template', '<template><script>attack()</script></template>'],
  ['a noscript that swallows', '<noscript><p title="</noscript><img src=x onerror=attack()>"></noscript>'],
  ['a comment that ends early', '<!--><img src=x onerror=attack()>-->'],
  ['CDATA', '<![CDATA[><img src=x onerror=attack()>]]>'],
  ['a title that breaks out', '[x](https://a.example "\\" onmouseover=attack() ")'],
  ['a language that breaks out', '```"><img/src=x/onerror=attack()>\nx\n```'],
  ['a footnote that breaks out', 'x[^"onclick=attack()]\n\n[^"onclick=attack()]: y'],
];

const forbidden =
  'script,style,iframe,object,embed,form,button[formaction],link,meta,base,template,svg a,input:not([disabled])';

describe('a hostile card', () => {
  test.each(attacks)('%s is harmless', (_, text) => {
    const page = show(`${text}\n\nend`);
    const card = page.querySelector('.markdown');
    if (!card) throw new Error('no card');
    expect([...card.querySelectorAll(forbidden)].map((element) => element.outerHTML)).toEqual([]);
    for (const element of card.querySelectorAll('*'))
      for (const { name, value } of element.attributes) {
        expect(name).not.toMatch(/^on|^formaction$|^srcdoc$|^srcset$/i);
        if (['href', 'src', 'xlink:href', 'poster'].includes(name))
          expect(value.trim()).not.toMatch(/^(javascript|vbscript|data)\s*:/i);
        if (name === 'id') expect(value).toMatch(/^user-content-|^radix-|^_r/);
        // Formulas are set by styles of KaTeX's own, which come after the sanitiser.
        if (name === 'style' && !element.closest('.katex')) expect(value).toBe('');
        if (name === 'class' && element.tagName === 'DIV') expect(value).not.toMatch(/dialog|toast|header/);
      }
  });
});

describe('what a card shows', () => {
  test('links lead into the repository', () => {
    show('[guide](docs/guide.md#use) and [all](docs/) and [up](../other)');
    expect(screen.getByRole('link', { name: 'guide' }).getAttribute('href')).toBe(
      '/me/model/blob/main/docs/guide.md#use',
    );
    expect(screen.getByRole('link', { name: 'all' }).getAttribute('href')).toBe('/me/model/tree/main/docs');
    expect(screen.getByRole('link', { name: 'up' }).getAttribute('href')).toBe('../other');
  });

  test('links in the page find their headings and footnotes', () => {
    const page = show('# Use it\n\n[there](#use-it) x[^1]\n\n[^1]: y');
    for (const link of page.querySelectorAll('a[href^="#"]')) {
      const target = link.getAttribute('href')?.slice(1) ?? '';
      expect(page.querySelector(`[id="${target}"]`), target).not.toBeNull();
    }
  });

  test('links that leave say so to nobody', () => {
    show('[out](https://example.org/)');
    expect(screen.getByRole('link', { name: 'out' }).getAttribute('rel')).toBe(
      'noopener noreferrer nofollow ugc',
    );
  });

  test('pictures of the repository are shown, those of other hosts on demand', async () => {
    const page = show('![own](a.png) ![other](https://pictures.example/b.png)');
    expect(page.querySelector('img[alt=own]')?.getAttribute('src')).toBe('/me/model/resolve/main/a.png');
    expect(page.querySelector('img[alt=other]')).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'Show them' }));
    expect(page.querySelector('img[alt=other]'), 'not by this policy').toBeNull();
    expect(loadAgain).toHaveBeenCalledOnce();
    vi.mocked(admitted).mockReturnValue(true);
    const again = show('![other](https://pictures.example/b.png)');
    expect(again.querySelector('img[alt=other]')?.getAttribute('src')).toBe('https://pictures.example/b.png');
  });

  test('a policy that admits pictures of other hosts is no wish for them', async () => {
    vi.mocked(admitted).mockReturnValue(true);
    const page = show('![other](http://pictures.example/b.png)');
    expect(page.querySelector('img')).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'Show them' }));
    expect(page.querySelector('img')?.getAttribute('src')).toBe('https://pictures.example/b.png');
    expect(loadAgain).not.toHaveBeenCalled();
    expect(encrypted('//pictures.example/c')).toBe('https://pictures.example/c');
  });

  test('formulas, also on a line of their own', () => {
    const page = show('An $x^2$ here\n\n$$ y = \\frac{1}{2} $$\n\n$$\nz\n$$');
    expect(page.querySelectorAll('.katex')).toHaveLength(3);
    expect(page.querySelectorAll('.katex-display')).toHaveLength(2);
  });

  test('a formula that is wrong does not break the card', () => {
    expect(show('$\\frac{$ and more').textContent).toContain('and more');
  });

  test('code with colours, tables, tasks; not the front matter', () => {
    const page = show(
      '---\nlicense: mit\n---\n```python\ndef f(): pass\n```\n\n| a |\n|---|\n| b |\n\n- [x] done',
    );
    expect(page.querySelector('.hljs-keyword')?.textContent).toBe('def');
    expect(screen.getByRole('cell').textContent).toBe('b');
    expect(screen.getByRole('checkbox', { name: 'Done' })).toHaveProperty('checked', true);
    expect(page.textContent).not.toContain('license');
  });
});

test.each([
  ['', 'a/b.md', 'a/b.md'],
  ['docs', '../a.png', 'a.png'],
  ['docs', './b%20c.png', 'docs/b c.png'],
  ['docs', '/a.png', 'a.png'],
  ['', '../../etc/passwd', null],
])('from %j the reference %j is %j', (folder, reference, path) => {
  expect(pathFrom(folder, reference)).toBe(path);
});

test('addresses of the hub and of others stay as they are', () => {
  for (const address of ['/datasets/a/b', 'https://example.org/x', '//example.org/x', 'mailto:a@b.c'])
    expect(linkTarget(place, address)).toBe(address);
  expect(sourceTarget({ ...place, kind: 'dataset', folder: 'docs' }, 'a b.png?raw=true')).toBe(
    '/datasets/me/model/resolve/main/docs/a%20b.png',
  );
});

test.each([
  ['---\na: 1\n---\ntext', 'text'],
  ['---\n---\ntext', 'text'],
  ['\uFEFF---\r\na: 1\r\n---\r\ntext', 'text'],
  ['text\n---\na: 1\n---\n', 'text\n---\na: 1\n---\n'],
  ['---\nno end', '---\nno end'],
])('the front matter of %j is taken off', (text, rest) => {
  expect(withoutFrontMatter(text)).toBe(rest);
});

test('the hosts of pictures are known beforehand', () => {
  const text = '![a](https://one.example/a.png)<img alt="" src="https://two.example/b.png">![c](c.png)';
  expect(foreignHosts(text, 'https://hub.example')).toEqual(['one.example', 'two.example']);
});

describe('pasted pictures', () => {
  const pasted = { 'a dot.png': 'data:image/png;base64,AAAA' };
  const sources = (container: HTMLElement) =>
    [...container.querySelectorAll('img')].map((image) => image.getAttribute('src'));

  test('are shown where the text names them', () => {
    const text = '![x](attachment:a%20dot.png) <img src="attachment:a dot.png" alt="y">';
    expect(sources(show(text, pasted))).toEqual([pasted['a dot.png'], pasted['a dot.png']]);
  });

  test('are only those that came with the text', () => {
    const container = show('![gone](attachment:b.png) ![of all](attachment:constructor)', pasted);
    expect(sources(container)).toEqual([]);
    expect(container).toHaveTextContent('gone of all');
  });

  test('open no way for other addresses', () => {
    const text =
      '![x](data:image/png;base64,AAAA) [y](attachment:a%20dot.png) <a href="attachment:a dot.png">z</a>' +
      '<video src="attachment:a dot.png"></video>';
    const container = show(text, pasted);
    expect(container.innerHTML).not.toMatch(/data:|attachment:/);
  });

  test('are none in a card', () => {
    expect(show('![x](attachment:a%20dot.png)').innerHTML).not.toContain('attachment:');
  });
});
