import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { configure, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { createMemoryRouter, RouterProvider } from 'react-router';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FileStorage, RepoStorage, Xorb } from '@/api/operation';
import { setCsrf } from '@/api/client';
import type { RepoInfo } from '@/api/types';
import { SessionProvider } from '@/app/session';
import { Toasts } from '@/ui';
import { Component as Admin } from './admin';
import { Component as Edit } from './edit';
import { Component as Providers } from './providers';
import { Repo } from './repo/context';
import { Component as Status } from './status';
import { Component as Assets } from './storage';
import { Component as RepoStoragePage } from './storage/repo';
import { Component as Upload } from './upload';
import { Component as Usage } from './usage';

// A map is drawn in the first test that has one, which takes its time.
configure({ asyncUtilTimeout: 20_000 });
vi.setConfig({ testTimeout: 60_000 });

type Answer = unknown;
interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  body: string;
  csrf: string | null;
}

/** A hub that answers by path, and remembers what it was asked. */
function hub(answers: Record<string, Answer>): Asked[] {
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

const session = (isAdmin: boolean) => ({
  user: { name: 'alice', fullname: 'Alice', email: 'a@example.org', isAdmin, orgs: [] },
  csrf: 'token',
  providers: [],
  registrationOpen: false,
  setupNeeded: false,
  hub: { version: '1', endpoint: 'http://hub.test' },
});
const admin = { '/api/session': session(true) };

const info: RepoInfo = {
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

function show(element: React.ReactElement, path = '/', address = path) {
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
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const router = createMemoryRouter(
    [
      { path, element: <Repo value={repo}>{element}</Repo> },
      { path: '*', element: <p>elsewhere</p> },
    ],
    { initialEntries: [address] },
  );
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

const xorb = (more: Partial<Xorb> = {}): Xorb => ({
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

const pinning = {
  pinned_xorbs: 1,
  pinned_bytes: 1e9,
  uploading_bytes: 2e8,
  bytes_per_second: 1e7,
  failed_batches: 0,
  verified_samples: 3,
  objects_adopted: 0,
  objects_removed: 0,
  last_pinned: null,
  failing_since: null,
  next_try: null,
  last_error: '',
};
const sia = {
  state: 'ready',
  cause: '',
  remedy: '',
  asked_at: null,
  hosts: 3,
  hosts_good_for_upload: 2,
  data_shards: 10,
  total_shards: 30,
  slab_bytes: 1,
  pinning,
  load: { writes: 0, reads: 0, upload_memory: 0, download_memory: 0 },
};
const failure = {
  xorb: 'ef'.repeat(32),
  state: 'stored',
  node: 'n',
  bytes: 64e6,
  tries: 3,
  since: null,
  waiting_since: null,
  next_try: null,
  last_error: 'only 24 of 30 shards',
};

describe('Assets', () => {
  const answers = {
    ...admin,
    '/admin/sia': sia,
    '/admin/sia/queue': {
      states: { pinned: { xorbs: 9, bytes: 9e9 }, stored: { xorbs: 2, bytes: 1e8 } },
      failures: [failure],
    },
    '/admin/assets': ({ query }: Asked) =>
      query.get('cursor')
        ? { xorbs: [xorb({ hash: '12'.repeat(32), state: 'stored' })], total: 2, cursor: null }
        : { xorbs: [xorb()], total: 2, cursor: 'next' },
    [`/admin/sia/xorbs/${'ab'.repeat(32)}`]: {
      ...failure,
      slabs: [
        {
          id: '99'.repeat(32),
          offset: 0,
          length: 1,
          data_shards: 10,
          sectors: [{ root: '11'.repeat(32), host: `ed25519:${'77'.repeat(32)}` }],
        },
      ],
    },
  };

  it('tells how much waits and how long it takes', async () => {
    hub(answers);
    show(<Assets />);
    expect(await screen.findByText('about 10 s to go')).toBeVisible();
    expect(screen.getByText('10 MB/s')).toBeVisible();
    expect(screen.getByRole('list', { name: 'Bytes by state' })).toHaveTextContent('on Sia9 GB, 99 %');
  });

  it('tries a failed pin again, as the signed-in person', async () => {
    const log = hub({
      ...answers,
      [`POST /admin/sia/queue/${failure.xorb}/retry`]: new Response(null, { status: 204 }),
    });
    show(<Assets />);
    await userEvent.click(await screen.findByRole('button', { name: 'Try now' }));
    expect(await screen.findByText('It is tried again within seconds.')).toBeVisible();
    expect(log.find(({ method }) => method === 'POST')?.csrf).toBe('token');
  });

  it('opens a xorb down to the hosts of its shards', async () => {
    hub(answers);
    show(<Assets />);
    await userEvent.click(await screen.findByRole('button', { name: /Details of ab/ }));
    expect(screen.getByText('cd'.repeat(32))).toBeVisible();
    expect(await screen.findByText('777777777777')).toBeInTheDocument();
    expect(screen.getAllByRole('link', { name: 'acme/data' })[0]).toHaveAttribute(
      'href',
      '/datasets/acme/data/storage',
    );
  });

  it('filters by state and loads on', async () => {
    const log = hub(answers);
    show(<Assets />);
    await userEvent.click(await screen.findByRole('button', { name: 'Load more' }));
    expect(await screen.findByText('12121212')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'waiting' }));
    await vi.waitFor(() => expect(log.some(({ query }) => query.get('state') === 'stored')).toBe(true));
  });

  it('is for administrators', async () => {
    const log = hub({ '/api/session': session(false) });
    show(<Assets />);
    expect(await screen.findByText('For administrators')).toBeVisible();
    expect(log.map(({ path }) => path)).toEqual(['/api/session']);
  });

  it('says what to do on a hub without Sia', async () => {
    hub({ ...admin, '/admin/assets': { xorbs: [], total: 0, cursor: null } });
    show(<Assets />);
    expect(await screen.findByText(/siahub sia connect/)).toBeVisible();
    expect(await screen.findByText('Nothing is stored yet')).toBeVisible();
  });
});

describe('Storage of a repository', () => {
  const storage: RepoStorage = {
    summary: {
      files: 2,
      bytes: 4e6,
      storedBytes: 1.5e6,
      dedupSaved: 1e6,
      xorbs: 1,
      pinned: 1e6,
      local: 5e5,
      sharedBytes: 2e5,
    },
    xorbs: [xorb({ used: 1_900_000 })],
    inline: { files: 1, bytes: 120 },
    cursor: null,
  };
  const file: FileStorage = {
    path: 'model.safetensors',
    size: 2e6,
    sha256: '0'.repeat(64),
    fileHash: '1'.repeat(64),
    inline: false,
    state: 'pinned',
    terms: [{ offset: 0, length: 2e6, xorb: 'ab'.repeat(32), chunkStart: 0, chunkEnd: 12 }],
    truncated: false,
    xorbs: [xorb()],
    slabs: [],
    hosts: [
      {
        host: `ed25519:${'a1'.repeat(32)}`,
        bytes: 3e6,
        sectors: 2,
        share: 0.75,
        country: 'DE',
        latitude: 50,
        longitude: 9,
      },
      {
        host: `ed25519:${'b2'.repeat(32)}`,
        bytes: 1e6,
        sectors: 1,
        share: 0.25,
        country: 'US',
        latitude: 40,
        longitude: -100,
      },
    ],
  };

  it('says where the bytes are', async () => {
    hub({ ...admin, '/api/models/alice/tiny/storage': storage });
    show(<RepoStoragePage />);
    expect(await screen.findByText('67 %')).toBeVisible();
    expect(screen.getByText(/1 small file \(120 B\)/)).toBeVisible();
    expect(screen.getByRole('columnheader', { name: 'Used here' })).toBeVisible();
  });

  it('shows which hosts hold a file, on a map and in a table', async () => {
    hub({
      ...admin,
      '/api/models/alice/tiny/storage': storage,
      '/api/models/alice/tiny/storage/model.safetensors': file,
    });
    const router = show(<RepoStoragePage />);
    await userEvent.selectOptions(await screen.findByLabelText('File'), 'model.safetensors');
    expect(router.state.location.search).toBe('?file=model.safetensors');
    expect(
      await screen.findByRole('img', { name: '2 hosts in 2 countries hold model.safetensors' }),
    ).toBeVisible();
    const table = screen.getByRole('group', { name: 'Hosts of the file' });
    expect(
      within(table)
        .getAllByRole('row')
        .slice(1)
        .map((row) => row.textContent),
    ).toEqual(['a1a1a1a1a1a1Germany75 %3 MB2', 'b2b2b2b2b2b2United States25 %1 MB1']);
    expect(document.querySelectorAll('.map .host')).toHaveLength(2);
    expect(document.querySelectorAll('.map .land.has')).toHaveLength(2);
  });
});

describe('Providers', () => {
  const host = (n: number, country: string, more: object = {}) => ({
    key: `ed25519:${String(n).repeat(64)}`,
    country,
    latitude: 50 + n,
    longitude: 8,
    good_for_upload: true,
    failure_rate: 0,
    in_flight: 0,
    last_error: '',
    addresses: [`siamux://h${n}.test:1`],
    storage_price: '23148148148',
    ingress_price: '1',
    egress_price: null,
    release: null,
    latency_seconds: n / 10,
    ...more,
  });
  const answers = {
    ...admin,
    '/admin/sia/hosts': {
      hosts: [
        host(1, 'DE'),
        host(2, 'DE', { good_for_upload: false, latency_seconds: undefined }),
        host(3, 'FR'),
      ],
    },
    '/admin/sia/contracts': {
      contracts: [
        { host: `ed25519:${'1'.repeat(64)}`, size: 1e9 },
        { host: `ed25519:${'3'.repeat(64)}`, size: 3e9 },
      ],
    },
  };

  it('shows hosts by what they hold, with prices in coins', async () => {
    hub(answers);
    show(<Providers />);
    const hosts = await screen.findByRole('group', { name: 'Hosts' });
    await within(hosts).findByText('3 GB');
    const rows = within(hosts).getAllByRole('row').slice(1);
    expect(rows.map((row) => row.textContent.slice(0, 12))).toEqual([
      '333333333333',
      '111111111111',
      '222222222222',
    ]);
    expect(within(hosts).getAllByText('100 SC')).toHaveLength(3);
    expect(screen.getByText('2 take uploads')).toBeVisible();
    expect(await screen.findByRole('img', { name: /3 hosts in 2 countries, on a map/ })).toBeVisible();
  });

  it('sorts by every column, what is unknown last, and shows one country alone', async () => {
    hub(answers);
    show(<Providers />);
    const hosts = await screen.findByRole('group', { name: 'Hosts' });
    await userEvent.click(within(hosts).getByRole('button', { name: /Latency/ }));
    const first = () =>
      within(hosts)
        .getAllByRole('row')
        .slice(1)
        .map((row) => row.textContent.slice(0, 1));
    expect(first()).toEqual(['1', '3', '2']);
    await userEvent.click(within(hosts).getByRole('button', { name: /Latency/ }));
    expect(first()).toEqual(['3', '1', '2']);
    expect(within(hosts).getByRole('columnheader', { name: /Latency/ })).toHaveAttribute(
      'aria-sort',
      'descending',
    );
    await userEvent.click(screen.getByRole('button', { name: 'France' }));
    expect(screen.getByRole('heading', { name: /Hosts in France/ })).toBeVisible();
    expect(first()).toEqual(['3']);
  });
});

describe('Usage', () => {
  const row = (id: string | null, downloads: number) => ({
    id,
    label: id ?? '',
    uploads: 1,
    downloads,
    commits: 1,
    bytesIn: 1e6,
    bytesOut: 1e9,
    dedupSaved: 3e6,
  });
  const answers = {
    ...admin,
    '/api/usage': ({ query }: Asked) =>
      query.get('by') === 'day'
        ? { days: 2, by: 'day', rows: [row('2026-11-22', 5), row('2026-11-23', 7)] }
        : { days: 2, by: 'repo', rows: [row('models/alice/tiny', 12), row(null, 1)] },
  };

  it('draws days that the keyboard can walk through, and has them as a table', async () => {
    hub(answers);
    show(<Usage />);
    const chart = await screen.findByRole('group', { name: /^Downloads by day/ });
    chart.focus();
    await userEvent.keyboard('{ArrowLeft}');
    expect(screen.getByText('Mon, 23 November 2026: downloads 7')).toBeVisible();
    await userEvent.keyboard('{ArrowLeft}');
    expect(screen.getByText(/22 November 2026: downloads 5/)).toBeVisible();
    const table = within(screen.getByRole('group', { name: 'Downloads, table' }));
    expect(table.getByRole('row', { name: '2026-11-22 5' })).toBeInTheDocument();
    expect(screen.getByText('75 % need not be sent')).toBeVisible();
  });

  it('lists repositories, exports them, and switches to the whole hub', async () => {
    const log = hub({ ...answers, '/admin/usage': answers['/api/usage'] });
    show(<Usage />);
    expect(await screen.findByRole('link', { name: 'alice/tiny' })).toHaveAttribute('href', '/alice/tiny');
    expect(screen.getByRole('link', { name: /This table as CSV/ })).toHaveAttribute(
      'href',
      '/api/usage?days=30&by=repo&format=csv',
    );
    await userEvent.click(screen.getByRole('button', { name: 'Whole hub' }));
    await vi.waitFor(() => expect(log.some(({ path }) => path === '/admin/usage')).toBe(true));
  });
});

describe('Status', () => {
  const status = {
    version: '1.2',
    role: 'serve',
    startedAt: '2026-01-01T00:00:00Z',
    uptimeSeconds: 7200,
    database: { kind: 'postgres', ok: true, latencyMs: 1.25, sizeBytes: null, schema: 7 },
    cache: { kind: 'redis', ok: false },
    disk: { path: '/data', freeBytes: 2e9, totalBytes: 1e11, bodiesBytes: 5e10, bodies: 12 },
    sia: null,
    nodes: [],
    limits: { anonymousRefused: 0, keyRefused: 0, wrongKeyRefused: 2 },
  };
  const check = (name: string, severity: string, advice = '') => ({
    name,
    ok: severity === 'ok',
    severity,
    told: `${name} told`,
    advice,
  });

  it('shows each part, and the doctor’s advice with the worst first', async () => {
    hub({
      ...admin,
      '/admin/status': status,
      '/admin/doctor': {
        checkedAt: '2026-01-01T00:00:00Z',
        checks: [check('a', 'ok'), check('b', 'warning', 'do this'), check('c', 'error', 'do that')],
      },
    });
    show(<Status />);
    expect(
      await within(await screen.findByRole('region', { name: 'Disk' })).findByText('2 % free'),
    ).toHaveClass('bad');
    expect(within(screen.getByRole('region', { name: 'Cache' })).getByText('away')).toBeVisible();
    expect(within(screen.getByRole('region', { name: 'Sia' })).getByText('not set up')).toBeVisible();
    await screen.findByText('do that');
    const lines = [...document.querySelectorAll('.check-line')].map((line) => line.textContent);
    expect(lines).toEqual(['c c tolddo that', 'b b tolddo this', 'a a told']);
  });
});

describe('Administration', () => {
  const user = (name: string, more: object = {}) => ({
    name,
    fullname: name,
    email: `${name}@example.org`,
    isAdmin: false,
    disabled: false,
    createdAt: '2026-01-01T00:00:00Z',
    lastSeenAt: null,
    ...more,
  });

  it('switches a user off after asking, but never oneself', async () => {
    const log = hub({
      ...admin,
      '/admin/users': { users: [user('alice', { isAdmin: true }), user('bob')], cursor: null },
      'PATCH /admin/users/bob': user('bob', { disabled: true }),
    });
    show(<Admin />, '/admin/:part', '/admin/users');
    const own = await screen.findByRole('row', { name: /alice/ });
    expect(within(own).getByRole('button', { name: 'Switch off' })).toBeDisabled();
    await userEvent.click(
      within(screen.getByRole('row', { name: /bob/ })).getByRole('button', { name: 'Switch off' }),
    );
    expect(log.some(({ method }) => method === 'PATCH')).toBe(false);
    await userEvent.click(
      within(screen.getByRole('dialog', { name: 'Switch off bob?' })).getByRole('button', {
        name: 'Switch off',
      }),
    );
    await vi.waitFor(() =>
      expect(log.find(({ method }) => method === 'PATCH')?.body).toBe('{"disabled":true}'),
    );
  });

  it('shows a password link once', async () => {
    hub({
      ...admin,
      '/admin/users': { users: [user('bob')], cursor: null },
      'POST /admin/users/bob/reset': {
        url: 'http://hub.test/reset?token=x',
        expiresAt: '2026-02-01T00:00:00Z',
      },
    });
    show(<Admin />, '/admin/:part', '/admin/users');
    await userEvent.click(await screen.findByRole('button', { name: 'Password link' }));
    expect(await screen.findByText('http://hub.test/reset?token=x')).toBeVisible();
  });

  it('invites into an organisation', async () => {
    const log = hub({
      ...admin,
      '/admin/invitations': [],
      'POST /admin/invitations': {
        id: '1',
        email: null,
        org: 'acme',
        role: 'read',
        invitedBy: 'alice',
        url: 'http://hub.test/register?invitation=x',
        createdAt: '2026-01-01T00:00:00Z',
        expiresAt: '2026-01-08T00:00:00Z',
      },
    });
    show(<Admin />, '/admin/:part', '/admin/invitations');
    await userEvent.type(await screen.findByLabelText(/Organisation/), 'acme');
    await userEvent.selectOptions(screen.getByLabelText('Role in it'), 'read');
    await userEvent.click(screen.getByRole('button', { name: 'Make a link' }));
    expect(await screen.findByText('http://hub.test/register?invitation=x')).toBeVisible();
    const sent: unknown = JSON.parse(log.find(({ method }) => method === 'POST')?.body ?? '');
    expect(sent).toEqual({ email: null, org: 'acme', role: 'read', expiresInHours: 168 });
  });

  it('shows what happened', async () => {
    hub({
      ...admin,
      '/admin/events': {
        events: [
          {
            id: '1',
            at: '2026-01-01T00:00:00Z',
            event: 'commit',
            user: 'bob',
            repo: 'models/bob/x',
            bytes: 5000,
            detail: null,
          },
        ],
        cursor: null,
      },
    });
    show(<Admin />, '/admin/:part', '/admin/events');
    expect(await screen.findByRole('link', { name: 'bob/x' })).toHaveAttribute('href', '/bob/x');
  });

  it('has no other part', async () => {
    hub(admin);
    show(<Admin />, '/admin/:part', '/admin/nothing');
    expect(await screen.findByText('There is nothing at this address')).toBeVisible();
  });
});

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
    const area = await screen.findByLabelText('Text of a.txt');
    expect(screen.getByRole('button', { name: 'Commit' })).toBeDisabled();
    await userEvent.type(area, 'new');
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
    await userEvent.type(await screen.findByLabelText('Text of a.txt'), '!');
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

  it('asks before changes are lost', async () => {
    hub({ ...admin, ...read });
    const router = show(<Edit />, '/edit/:revision/*', '/edit/main/a.txt');
    await userEvent.type(await screen.findByLabelText('Text of a.txt'), '!');
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

describe('Upload', () => {
  beforeEach(() => {
    // Browsers have it; it is empty for what was not picked as a folder.
    Object.defineProperty(File.prototype, 'webkitRelativePath', { value: '', configurable: true });
  });

  class FakeWorker extends EventTarget {
    static last: FakeWorker | undefined;
    said: { type: string; job?: { title: string; files: { path: string }[]; csrf: string } }[] = [];
    constructor() {
      super();
      FakeWorker.last = this;
    }
    postMessage(message: (typeof this.said)[number]) {
      this.said.push(message);
    }
    terminate() {
      this.said.push({ type: 'terminated' });
    }
    tell(data: object) {
      this.dispatchEvent(new MessageEvent('message', { data }));
    }
  }
  const picked = () => screen.findByLabelText('Files to upload', { selector: 'input' });

  it('shows progress, pauses, resumes, and says what was really sent', async () => {
    vi.stubGlobal('Worker', FakeWorker);
    hub(admin);
    show(<Upload />, '/upload/:revision/*', '/upload/main/sub');
    await userEvent.upload(await picked(), [new File(['x'.repeat(1000)], 'a.bin'), new File(['y'], 'b.txt')]);
    expect(screen.getByText('sub/a.bin')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Leave out sub/b.txt' }));
    await userEvent.type(screen.getByLabelText('Commit message'), 'Add it');
    await userEvent.click(screen.getByRole('button', { name: 'Upload 1 file' }));
    const worker = FakeWorker.last;
    expect(worker?.said[0]).toMatchObject({
      type: 'start',
      job: { title: 'Add it', csrf: 'token', files: [{ path: 'sub/a.bin' }] },
    });
    worker?.tell({ type: 'phase', phase: 'uploading' });
    worker?.tell({ type: 'progress', path: 'sub/a.bin', state: 'uploading', progress: 0.5 });
    expect(await screen.findByRole('progressbar', { name: 'sub/a.bin, sending' })).toHaveAttribute(
      'value',
      '0.5',
    );
    await userEvent.click(screen.getByRole('button', { name: 'Pause' }));
    await userEvent.click(screen.getByRole('button', { name: 'Resume' }));
    expect(worker?.said.slice(1).map(({ type }) => type)).toEqual(['pause', 'resume']);
    worker?.tell({ type: 'sent', bytes: 300 });
    worker?.tell({ type: 'done', commit: 'e'.repeat(40) });
    expect(await screen.findByText(/300 B went over the network/)).toBeVisible();
    expect(screen.getByRole('link', { name: 'See the commit' })).toHaveAttribute(
      'href',
      `/alice/tiny/commit/${'e'.repeat(40)}`,
    );
  });

  it('tells what the hub refused, and can start again', async () => {
    vi.stubGlobal('Worker', FakeWorker);
    hub(admin);
    show(<Upload />, '/upload/:revision/*', '/upload/main');
    await userEvent.upload(await picked(), new File(['x'], 'a.txt'));
    await userEvent.click(screen.getByRole('button', { name: 'Upload 1 file' }));
    FakeWorker.last?.tell({ type: 'failed', message: 'There is no room left.', status: 507 });
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'There is no room left. Nothing was committed',
    );
    expect(screen.getByRole('button', { name: 'Start again' })).toBeEnabled();
  });

  it('explains that commits do not change', async () => {
    hub(admin);
    show(<Upload />, '/upload/:revision/*', `/upload/${'a'.repeat(40)}`);
    expect(await screen.findByText(/never changes/)).toBeVisible();
  });
});
