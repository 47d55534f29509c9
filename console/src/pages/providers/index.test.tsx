import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { admin, hub, show } from '@/pages/testing';
import { Component as Providers } from '.';

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
