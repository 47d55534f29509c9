import { screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { admin, hub, show } from '@/pages/testing';
import { Component as Status } from '.';

describe('Status', () => {
  const status = {
    version: '1.2',
    role: 'serve',
    startedAt: '2026-01-01T00:00:00Z',
    uptimeSeconds: 7200,
    database: { kind: 'postgres', ok: true, latencyMs: 1.25, sizeBytes: null, schema: 7 },
    cache: { kind: 'redis', ok: false },
    disk: {
      path: '/data',
      freeBytes: 2e9,
      totalBytes: 1e11,
      bodiesBytes: 5e10,
      bodies: 12,
      countedAt: '2026-01-01T00:00:00Z',
    },
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
    expect(
      within(screen.getByRole('region', { name: 'Disk' }))
        .getByText(/ago$/)
        .getAttribute('datetime'),
    ).toBe(status.disk.countedAt);
    expect(within(screen.getByRole('region', { name: 'Cache' })).getByText('away')).toBeVisible();
    expect(within(screen.getByRole('region', { name: 'Sia' })).getByText('not set up')).toBeVisible();
    await screen.findByText('do that');
    const lines = [...document.querySelectorAll('.check-line')].map((line) => line.textContent);
    expect(lines).toEqual(['c c tolddo that', 'b b tolddo this', 'a a told']);
  });
});
