import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { admin, hub, session, show, xorb, type Asked } from '@/pages/testing';
import { Component as Assets } from '.';

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
  const countedAt = '2026-01-01T00:00:00Z';
  const answers = {
    ...admin,
    '/admin/sia': sia,
    '/admin/sia/queue': {
      states: { pinned: { xorbs: 9, bytes: 9e9 }, stored: { xorbs: 2, bytes: 1e8 } },
      failures: [failure],
    },
    '/admin/assets': ({ query }: Asked) =>
      query.get('cursor')
        ? { xorbs: [xorb({ hash: '12'.repeat(32), state: 'stored' })], total: 2, countedAt, cursor: null }
        : { xorbs: [xorb()], total: 2, countedAt, cursor: 'next' },
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

  it('says of when the number of xorbs is', async () => {
    hub(answers);
    show(<Assets />);
    const counted = await screen.findByText(/^Counted/);
    expect(within(counted).getByText(/ago$/).getAttribute('datetime')).toBe(countedAt);
  });

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
    hub({ ...admin, '/admin/assets': { xorbs: [], total: 0, countedAt, cursor: null } });
    show(<Assets />);
    expect(await screen.findByText(/siahub sia connect/)).toBeVisible();
    expect(await screen.findByText('Nothing is stored yet')).toBeVisible();
  });
});
