import { undo } from '@codemirror/commands';
import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { editorCalled, writeAtEnd } from '@/editor/testing';
import { admin, hub, show } from '@/pages/testing';
import { Component as Edit } from '.';

describe('Editing', () => {
  const text = 'old ü\n';
  const read = {
    '/alice/tiny/resolve/main/a.txt': () =>
      new Response(text, { headers: { 'X-Repo-Commit': 'c'.repeat(40) } }),
  };

  it('commits the text onto the commit it was read from', async () => {
    const log = hub({
      ...admin,
      ...read,
      'POST /api/models/alice/tiny/commit/main': { commitOid: 'd'.repeat(40) },
    });
    const router = show(<Edit />, '/edit/:revision/*', '/edit/main/a.txt');
    const editor = await editorCalled('Text of a.txt');
    expect(screen.getByRole('button', { name: 'Commit' })).toBeDisabled();
    writeAtEnd(editor, 'new');
    await userEvent.click(screen.getByRole('button', { name: 'Commit' }));
    await vi.waitFor(() => expect(router.state.location.pathname).toBe('/alice/tiny/blob/main/a.txt'));
    const lines = log
      .find(({ method }) => method === 'POST')
      ?.body.split('\n')
      .map((line) => JSON.parse(line) as { value: Record<string, string> });
    expect(lines?.[0]?.value).toMatchObject({ summary: 'Update a.txt', parentCommit: 'c'.repeat(40) });
    const bytes = Uint8Array.from(atob(lines?.[1]?.value.content ?? ''), (one) => one.charCodeAt(0));
    expect(new TextDecoder().decode(bytes)).toBe('old ü\nnew');
  });

  it('explains when somebody else was first, and can go on', async () => {
    let tries = 0;
    const log = hub({
      ...admin,
      ...read,
      'POST /api/models/alice/tiny/commit/main': () =>
        ++tries === 1
          ? Response.json({ error: 'The branch has moved' }, { status: 412 })
          : { commitOid: 'd'.repeat(40) },
    });
    show(<Edit />, '/edit/:revision/*', '/edit/main/a.txt');
    writeAtEnd(await editorCalled('Text of a.txt'), '!');
    await userEvent.click(screen.getByRole('button', { name: 'Commit' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Commit on top of it' }));
    expect(await screen.findByText('elsewhere')).toBeVisible();
    expect(log.filter(({ method }) => method === 'POST').at(-1)?.body).not.toContain('parentCommit');
  });

  it('makes a new file where there is none', async () => {
    hub(admin);
    show(<Edit />, '/edit/:revision/*', '/edit/main/new.md');
    expect(await screen.findByLabelText('Path of the new file')).toHaveValue('new.md');
    expect(screen.getByRole('tab', { name: 'Preview' })).toBeVisible();
  });

  it('still knows the way back after a look at the preview', async () => {
    const file = () => new Response('# Old\n', { headers: { 'X-Repo-Commit': 'c'.repeat(40) } });
    hub({ ...admin, '/alice/tiny/resolve/main/a.md': file });
    show(<Edit />, '/edit/:revision/*', '/edit/main/a.md');
    writeAtEnd(await editorCalled('Text of a.md'), '# New\n');
    await userEvent.click(screen.getByRole('tab', { name: 'Preview' }));
    expect(await screen.findByRole('heading', { name: 'New' })).toBeVisible();
    await userEvent.click(screen.getByRole('tab', { name: 'Text' }));
    const editor = await editorCalled('Text of a.md');
    expect(editor.state.sliceDoc()).toBe('# Old\n# New\n');
    expect(undo(editor)).toBe(true);
    expect(editor.state.sliceDoc()).toBe('# Old\n');
  });

  it('asks before changes are lost', async () => {
    hub({ ...admin, ...read });
    const router = show(<Edit />, '/edit/:revision/*', '/edit/main/a.txt');
    writeAtEnd(await editorCalled('Text of a.txt'), '!');
    void router.navigate('/somewhere');
    await userEvent.click(await screen.findByRole('button', { name: 'Stay' }));
    expect(router.state.location.pathname).toBe('/edit/main/a.txt');
    void router.navigate('/somewhere');
    await userEvent.click(await screen.findByRole('button', { name: 'Leave' }));
    expect(await screen.findByText('elsewhere')).toBeVisible();
  });

  it('does not take bytes for text', async () => {
    hub({ ...admin, '/alice/tiny/resolve/main/a.txt': () => new Response(new Uint8Array([0xff, 0xfe, 0])) });
    show(<Edit />, '/edit/:revision/*', '/edit/main/a.txt');
    expect(await screen.findByText(/not text/)).toBeVisible();
  });
});
