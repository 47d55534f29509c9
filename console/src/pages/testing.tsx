/** What tests of pages have in common: a hub that answers by path, and a page shown within a repository of it. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { configure, render } from '@testing-library/react';
import { createMemoryRouter, RouterProvider, type RouteObject } from 'react-router';
import { afterEach, vi } from 'vitest';
import type { Xorb } from '@/api/operation';
import { setCsrf } from '@/api/client';
import type { RepoInfo } from '@/api/types';
import { SessionProvider } from '@/app/session';
import { Repo } from '@/pages/repo/context';
import { Toasts } from '@/ui';

// Parts that are loaded when they are needed are compiled in the first test that has one, which takes its time.
configure({ asyncUtilTimeout: 50_000 });
vi.setConfig({ testTimeout: 60_000 });

type Answer = unknown;
export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  body: string;
  csrf: string | null;
}

/** A hub that answers by path, and remembers what it was asked. */
export function hub(answers: Record<string, Answer>): Asked[] {
  const log: Asked[] = [];
  vi.stubGlobal('fetch', (input: string, init: RequestInit = {}) => {
    const url = new URL(input, 'http://hub.test');
    const asked: Asked = {
      method: init.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      body: typeof init.body === 'string' ? init.body : '',
      csrf: new Headers(init.headers).get('X-CSRF-Token'),
    };
    log.push(asked);
    const found = answers[`${asked.method} ${asked.path}`] ?? answers[asked.path];
    const value = typeof found === 'function' ? (found as (asked: Asked) => Answer)(asked) : found;
    if (value instanceof Response) return Promise.resolve(value);
    if (value === undefined)
      return Promise.resolve(Response.json({ error: 'There is nothing here' }, { status: 404 }));
    return Promise.resolve(Response.json(value));
  });
  return log;
}

export const session = (isAdmin: boolean) => ({
  user: { name: 'alice', fullname: 'Alice', email: 'a@example.org', isAdmin, orgs: [] },
  csrf: 'token',
  providers: [],
  registrationOpen: false,
  setupNeeded: false,
  hub: { version: '1', endpoint: 'http://hub.test' },
});
/** The answers of a hub to an administrator. */
export const admin = { '/api/session': session(true) };

export const info: RepoInfo = {
  _id: '1',
  id: 'alice/tiny',
  author: 'alice',
  private: false,
  gated: false,
  disabled: false,
  likes: 0,
  createdAt: '2026-01-01T00:00:00Z',
  lastModified: '2026-01-01T00:00:00Z',
  tags: [],
  siblings: [{ rfilename: 'model.safetensors' }, { rfilename: 'README.md' }],
};

export function show(element: React.ReactElement, path = '/', address = path) {
  const repo = {
    kind: 'model' as const,
    id: 'alice/tiny',
    ns: 'alice',
    name: 'tiny',
    info,
    defaultBranch: 'main',
    writable: true,
    administrable: true,
  };
  return showRoutes([{ path, element: <Repo value={repo}>{element}</Repo> }], address);
}

/** Several pages, between which one may go; every other address is "elsewhere". */
export function showRoutes(routes: RouteObject[], address: string) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const router = createMemoryRouter([...routes, { path: '*', element: <p>elsewhere</p> }], {
    initialEntries: [address],
  });
  render(
    <QueryClientProvider client={client}>
      <SessionProvider>
        <Toasts>
          <RouterProvider router={router} />
        </Toasts>
      </SessionProvider>
    </QueryClientProvider>,
  );
  return router;
}

afterEach(() => {
  vi.unstubAllGlobals();
  setCsrf('');
});

export const xorb = (more: Partial<Xorb> = {}): Xorb => ({
  hash: 'ab'.repeat(32),
  state: 'pinned',
  local: true,
  chunks: 12,
  size: 2_000_000,
  storedSize: 1_500_000,
  files: 2,
  repos: [
    { kind: 'model', id: 'alice/tiny' },
    { kind: 'dataset', id: 'acme/data' },
  ],
  moreRepos: false,
  siaObject: 'cd'.repeat(32),
  slabs: 1,
  lastError: '',
  createdAt: '2026-01-01T00:00:00Z',
  ...more,
});
