import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { FileStorage, RepoStorage } from '@/api/operation';
import { admin, hub, show, xorb } from '@/pages/testing';
import { Component as RepoStoragePage } from './repo';

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
        .map((row) => [...row.children].map((cell) => cell.textContent)),
    ).toEqual([
      // The country stands below the host on a phone, and in a column of its own elsewhere.
      ['a1a1a1a1a1a1Germany', 'Germany', '75 %', '3 MB', '2'],
      ['b2b2b2b2b2b2United States', 'United States', '25 %', '1 MB', '1'],
    ]);
    expect(document.querySelectorAll('.map .host')).toHaveLength(2);
    expect(document.querySelectorAll('.map .land.has')).toHaveLength(2);
  });
});
