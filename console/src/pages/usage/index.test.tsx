import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { admin, hub, show, type Asked } from '@/pages/testing';
import { Component as Usage } from '.';

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
