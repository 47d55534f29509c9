import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { configure, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { MemoryRouter, useLocation } from 'react-router';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fixture } from '@/formats/testing';
import { FileViewer } from './index';

// The first test of a viewer waits for its chunk to be compiled.
configure({ asyncUtilTimeout: 50_000 });

const encode = (text: string) => new TextEncoder().encode(text);

/** A hub that has one file, and answers ranges of it. */
function serve(bytes: Uint8Array) {
  const asked: string[] = [];
  vi.stubGlobal('fetch', (_: unknown, init?: RequestInit) => {
    const range = new Headers(init?.headers).get('Range') ?? '';
    asked.push(range);
    const [, from = '0', to = ''] = /bytes=(\d+)-(\d+)/.exec(range) ?? [];
    return Promise.resolve(new Response(bytes.slice(Number(from), Number(to) + 1), { status: 206 }));
  });
  return asked;
}

const Hash = () => <output data-testid="hash">{useLocation().hash}</output>;

function show(path: string, bytes: Uint8Array, hash = '') {
  const asked = serve(bytes);
  const file = {
    repo: 'acme/tiny',
    kind: 'model' as const,
    revision: 'main',
    path,
    size: bytes.length,
    lfs: null,
    xetHash: null,
    resolveUrl: `/acme/tiny/resolve/main/${path}`,
  };
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <MemoryRouter initialEntries={[`/acme/tiny/blob/main/${path}${hash}`]}>
        <FileViewer file={file} />
        <Hash />
      </MemoryRouter>
    </QueryClientProvider>,
  );
  return asked;
}

beforeEach(() => {
  Element.prototype.scrollIntoView = vi.fn();
  // The virtual tables measure their frame, which has no size here.
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(640);
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(900);
});
afterEach(() => vi.unstubAllGlobals());

const figure = async (label: string) => {
  const term = await screen.findByText(label, { selector: 'dt' });
  return term.nextElementSibling?.textContent;
};

vi.setConfig({ testTimeout: 60_000 });

describe('source', () => {
  it('colours what it knows, and links lines', async () => {
    show('a.py', encode('import os\n\ndef main():\n    return "x"\n'), '#L3');
    expect(await screen.findByText('def')).toHaveClass('hljs-keyword');
    expect(screen.getByText('4 lines · 38 B')).toBeVisible();
    expect(document.querySelectorAll('.code-line.on')).toHaveLength(1);
    expect(document.querySelector('.code-line.on')).toHaveAttribute('data-line', '3');
  });

  it('marks lines by click, more with the shift key, and by typing', async () => {
    show('a.txt', encode('a\nb\nc\nd\n'));
    await screen.findByText('c');
    const user = userEvent.setup();
    const number = (line: number) => document.querySelector(`[data-line="${line}"] a`) as HTMLElement;
    await user.click(number(2));
    expect(screen.getByTestId('hash')).toHaveTextContent('#L2');
    await user.keyboard('{Shift>}');
    await user.click(number(4));
    await user.keyboard('{/Shift}');
    expect(screen.getByTestId('hash')).toHaveTextContent('#L2-L4');
    await user.type(screen.getByLabelText(/Go to a line/), '1-99{Enter}');
    expect(screen.getByTestId('hash')).toHaveTextContent('#L1-L4');
  });

  it('offers what is no text for download', async () => {
    show('weights', new Uint8Array([0, 1, 2, 255]));
    expect(await screen.findByText('Binary, 4 bytes')).toBeVisible();
    expect(screen.getByRole('link', { name: /Download/ })).toHaveAttribute(
      'href',
      '/acme/tiny/resolve/main/weights?download=true',
    );
  });

  it('says when a file is empty', () => {
    show('a.txt', new Uint8Array());
    expect(screen.getByText('This file is empty')).toBeVisible();
  });
});

describe('model files', () => {
  it('shows the tensors of a safetensors file', async () => {
    const asked = show('model.safetensors', fixture('small.safetensors'));
    expect(await figure('Parameters')).toBe('4848');
    const table = screen.getByRole('table', { name: 'Tensors of model.safetensors' });
    expect(table).toHaveAttribute('aria-rowcount', '6');
    expect(within(table).getByText('embed.weight')).toBeVisible();
    expect(within(table).getByText('[6, 4]')).toBeVisible();
    await userEvent.type(screen.getByRole('searchbox'), 'layer');
    expect(await screen.findByText('2 of 5')).toBeVisible();
    expect(asked).toHaveLength(1);
    expect(screen.getByText('grün')).toBeInTheDocument();
  });

  it('shows those of a GGUF file, and its metadata', async () => {
    show('model.gguf', fixture('small.gguf'));
    expect(await figure('Quantisation')).toBe('Q4_K_M');
    expect(await figure('Architecture')).toBe('llama');
    expect(screen.getByText('blk.0.attn_q.weight')).toBeVisible();
    expect(screen.getByText('string[200]')).toBeInTheDocument();
  });

  it('says what is wrong with a broken one', async () => {
    show('model.safetensors', encode('<!doctype html>'));
    expect(await screen.findByText(/This is not a safetensors file/)).toBeVisible();
    expect(screen.getByRole('link', { name: /Download/ })).toBeVisible();
  });

  it('shows NumPy arrays', async () => {
    show('x.npy', fixture('matrix.npy'));
    expect(await figure('Shape')).toBe('2 × 3');
    expect(screen.getByRole('table', { name: 'The first values' })).toHaveAttribute('aria-rowcount', '3');
  });
});

describe('tables', () => {
  it('shows CSV, with the longer values in a dialog', async () => {
    const long = 'word '.repeat(40).trim();
    show('a.csv', encode(`name,text\nx,"${long}"\ny,short\n`));
    const table = await screen.findByRole('table');
    expect(
      within(table)
        .getAllByRole('columnheader')
        .map((head) => head.textContent),
    ).toEqual(['#', 'name', 'text']);
    expect(screen.getByText('2 rows')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: long }));
    expect(screen.getByRole('dialog', { name: 'text' })).toHaveTextContent(long);
  });

  it('shows Parquet by row group', async () => {
    show('a.parquet', fixture('small.snappy.parquet'));
    expect(await figure('Rows')).toBe('300');
    const table = screen.getByRole('table');
    expect(await within(table).findByText('row 1')).toBeVisible();
    expect(table).toHaveAttribute('aria-rowcount', '101');
    await userEvent.selectOptions(screen.getByLabelText('Row group'), '2');
    expect(await screen.findByText('row 201')).toBeVisible();
  });
});

describe('documents', () => {
  it('shows JSON as a tree that opens', async () => {
    show('config.json', encode('{"a": {"b": {"c": [1, 2]}}, "t": true}'));
    const closed = await screen.findByRole('button', { name: /^b/ });
    expect(closed).toHaveAttribute('aria-expanded', 'false');
    await userEvent.click(closed);
    await userEvent.click(screen.getByRole('button', { name: /^c/ }));
    expect(screen.getByText('2')).toBeVisible();
    expect(screen.getByText('true')).toHaveClass('json-boolean');
  });

  it('says where JSON is wrong, and still shows its source', async () => {
    show('config.json', encode('{"a": 1,\n"b" 2}'));
    expect(await screen.findByText(/mistake in line 2/)).toBeVisible();
    expect(screen.getByRole('tab', { name: 'Source' })).toBeVisible();
  });

  it('shows notebooks without the code that is in them', async () => {
    show('a.ipynb', fixture('small.ipynb'));
    expect(await screen.findByRole('heading', { name: 'Title' })).toBeVisible();
    expect(screen.getByText('[1]')).toBeVisible();
    expect(screen.getByRole('img', { name: '<Figure>' })).toBeVisible();
    expect(screen.getByRole('img', { name: 'A pasted dot' })).toHaveAttribute(
      'src',
      expect.stringMatching(/^data:image\/png;base64,iVBOR/),
    );
    expect(screen.getByText('ValueError: no')).toBeVisible();
    expect(screen.getByText(/application\/javascript is not shown/)).toBeVisible();
    expect(document.querySelector('script')).toBeNull();
  });

  it('shows Markdown, and its source', async () => {
    show('a.md', encode('# Hello\n\n<script>alert(1)</script>'));
    expect(await screen.findByRole('heading', { name: 'Hello' })).toBeVisible();
    await userEvent.click(screen.getByRole('tab', { name: 'Source' }));
    expect(document.querySelector('.code')).toHaveTextContent('<script>alert(1)</script>');
  });
});
