import { screen, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { admin, hub, show } from '@/pages/testing';
import { Component as Home } from '.';

it('shows the figures of the hub, and of when they are', async () => {
  const updatedAt = '2026-01-01T00:00:00Z';
  hub({
    ...admin,
    '/api/stats': {
      models: 1200,
      datasets: 3,
      spaces: 1,
      bytes: 5e12,
      storedBytes: 4e12,
      dedupSaved: 1e12,
      pinnedBytes: 0,
      hosts: null,
      uploadsToday: 1,
      downloadsToday: 7,
      updatedAt,
    },
    '/api/models': [],
    '/api/datasets': [],
    '/api/spaces': [],
  });
  show(<Home />);
  expect(await screen.findByText('1 TB saved by dedup')).toBeVisible();
  const counted = screen.getByText(/^Counted/);
  expect(within(counted).getByText(/ago$/).getAttribute('datetime')).toBe(updatedAt);
});
