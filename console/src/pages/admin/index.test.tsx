import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { admin, hub, show, type Asked } from '@/pages/testing';
import { Component as Admin } from '.';

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

  const org = (name: string, more: object = {}) => ({
    name,
    fullname: name,
    members: 1,
    repositories: 0,
    createdAt: '2026-01-01T00:00:00Z',
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

  it('lists organisations, and leads to the settings of each', async () => {
    const log = hub({
      ...admin,
      '/admin/orgs': ({ query }: Asked) =>
        query.get('cursor')
          ? { orgs: [org('zeta')], cursor: null }
          : { orgs: [org('acme', { fullname: 'Acme Works', members: 3, repositories: 12 })], cursor: 'next' },
    });
    show(<Admin />, '/admin/:part', '/admin/organizations');
    const row = await screen.findByRole('row', { name: /acme Acme Works/ });
    expect(
      within(row)
        .getAllByRole('cell', { name: /^\d+$/ })
        .map((cell) => cell.textContent),
    ).toEqual(['3', '12']);
    expect(within(row).getByRole('link', { name: 'Settings of acme' })).toHaveAttribute(
      'href',
      '/settings/organizations/acme',
    );
    await userEvent.click(screen.getByRole('button', { name: 'Load more' }));
    expect(await screen.findByRole('link', { name: 'zeta' })).toHaveAttribute('href', '/zeta');
    await userEvent.type(screen.getByLabelText('Find organisations by name'), 'ac');
    await vi.waitFor(() => expect(log.some(({ query }) => query.get('search') === 'ac')).toBe(true));
  });

  it('says so when there is no organisation', async () => {
    hub({ ...admin, '/admin/orgs': { orgs: [], cursor: null } });
    show(<Admin />, '/admin/:part', '/admin/organizations');
    expect(await screen.findByText('There is no organisation yet')).toBeVisible();
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
    const row = await screen.findByRole('row', { name: /bob committed/ });
    for (const link of within(row).getAllByRole('link', { name: 'bob/x' }))
      expect(link).toHaveAttribute('href', '/bob/x');
  });

  it('has no other part', async () => {
    hub(admin);
    show(<Admin />, '/admin/:part', '/admin/nothing');
    expect(await screen.findByText('There is nothing at this address')).toBeVisible();
  });
});
