import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { admin, hub, show } from '@/pages/testing';
import { Component as Commits } from './commits';

const route = '/alice/tiny/commits/:revision/*';
const commit = (id: string, title: string) => ({
  id: id.repeat(40),
  title,
  message: '',
  date: '2026-01-02T00:00:00Z',
  authors: [{ user: 'bob' }],
});
const asked = '/api/models/alice/tiny/commits/main';

describe('The history of a branch', () => {
  it('has all commits, each with its files', async () => {
    hub({ ...admin, [asked]: [commit('a', 'Add it')] });
    show(<Commits />, route, '/alice/tiny/commits/main');
    expect(await screen.findByRole('link', { name: 'Add it' })).toHaveAttribute(
      'href',
      `/alice/tiny/commit/${'a'.repeat(40)}`,
    );
    expect(screen.getByRole('link', { name: 'Files at this commit' })).toHaveAttribute(
      'href',
      `/alice/tiny/tree/${'a'.repeat(40)}`,
    );
    expect(screen.queryByRole('navigation', { name: 'Path' })).toBeNull();
  });
});

describe('The history of one file', () => {
  it('asks for that file alone, and leads to it and its folders', async () => {
    const log = hub({ ...admin, [asked]: [commit('a', 'Change it')] });
    show(<Commits />, route, '/alice/tiny/commits/main/docs/my%20guide.md');
    expect(await screen.findByRole('link', { name: 'Change it' })).toBeVisible();
    expect(log.find(({ path }) => path === asked)?.query.get('path')).toBe('docs/my guide.md');
    expect(screen.getByRole('link', { name: 'my guide.md' })).toHaveAttribute(
      'href',
      '/alice/tiny/blob/main/docs/my%20guide.md',
    );
    expect(screen.getByRole('link', { name: 'docs' })).toHaveAttribute('href', '/alice/tiny/tree/main/docs');
    expect(screen.getByRole('link', { name: 'This path at this commit' })).toHaveAttribute(
      'href',
      `/alice/tiny/blob/${'a'.repeat(40)}/docs/my%20guide.md`,
    );
  });

  it('looks further back when a page has nothing on it', async () => {
    const log = hub({
      ...admin,
      [asked]: ({ query }: { query: URLSearchParams }) =>
        query.get('cursor')
          ? [commit('b', 'Long ago')]
          : Response.json([], {
              headers: { Link: `<http://hub.test${asked}?path=a.txt&cursor=${'c'.repeat(40)}>; rel="next"` },
            }),
    });
    show(<Commits />, route, '/alice/tiny/commits/main/a.txt');
    expect(await screen.findByRole('link', { name: 'Long ago' })).toBeVisible();
    expect(log.filter(({ path }) => path === asked)).toHaveLength(2);
    expect(screen.queryByText(/No commit has changed/)).toBeNull();
  });

  it.each([
    ['nothing', () => Response.json([])],
    [
      'that there is no such path',
      () =>
        Response.json(
          { error: 'Entry not found' },
          { status: 404, headers: { 'X-Error-Code': 'EntryNotFound' } },
        ),
    ],
  ])('says so when the hub finds %s', async (_, answer) => {
    hub({ ...admin, [asked]: answer });
    show(<Commits />, route, '/alice/tiny/commits/main/gone.txt');
    expect(await screen.findByText('No commit has changed this path')).toBeVisible();
    expect(screen.getByRole('link', { name: 'All commits of main' })).toHaveAttribute(
      'href',
      '/alice/tiny/commits/main',
    );
  });

  it('tells other troubles as they are', async () => {
    hub({ ...admin, [asked]: () => Response.json({ error: 'No such branch' }, { status: 404 }) });
    show(<Commits />, route, '/alice/tiny/commits/main/gone.txt');
    expect(await screen.findByText('No such branch')).toBeVisible();
    expect(screen.queryByText('No commit has changed this path')).toBeNull();
  });
});
