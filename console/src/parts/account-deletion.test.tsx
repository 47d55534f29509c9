import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { admin, hub, show } from '@/pages/testing';
import { OrganizationDeletionDialog, UserDeletionDialog } from './account-deletion';

const nothing = () => undefined;
const loss = {
  name: 'bob',
  fullname: 'Bob',
  repositories: 0,
  keys: 2,
  sessions: 1,
  identities: 0,
  organizations: [{ name: 'acme', role: 'write' }],
  invitations: 0,
  hindrances: [],
};
const owns = { code: 'OwnsRepositories', message: 'bob still owns 3 repositories' };

const showUser = (onDeleted = nothing) =>
  show(<UserDeletionDialog name="bob" open onClose={nothing} onDeleted={onDeleted} />);
const forEver = () => screen.findByRole('button', { name: 'Delete for ever' });
const deletions = (log: ReturnType<typeof hub>) => log.filter(({ method }) => method === 'DELETE');

it('says what goes and deletes once the name is typed', async () => {
  const log = hub({ ...admin, '/admin/users/bob/deletion': loss, 'DELETE /admin/users/bob': {} });
  const deleted = vi.fn();
  showUser(deleted);
  const items = within(await screen.findByRole('list')).getAllByRole('listitem');
  expect(items.map((item) => item.textContent)).toEqual([
    'the right to sign in',
    '2 access keys',
    '1 session',
    'membership of acme (write)',
  ]);
  expect(await forEver()).toBeDisabled();
  await userEvent.type(screen.getByLabelText('Type bob to go on'), 'bo');
  expect(await forEver()).toBeDisabled();
  await userEvent.type(screen.getByLabelText('Type bob to go on'), 'b');
  await userEvent.click(await forEver());
  await vi.waitFor(() => expect(deleted).toHaveBeenCalled());
  expect(deletions(log).map(({ query }) => query.toString())).toEqual(['']);
});

it('asks who gets the repositories, and tells why that is refused', async () => {
  const refused = () => Response.json({ error: 'acme/x is there already' }, { status: 409 });
  const log = hub({
    ...admin,
    '/admin/users/bob/deletion': { ...loss, repositories: 3, hindrances: [owns] },
    'DELETE /admin/users/bob': refused,
  });
  const deleted = vi.fn();
  showUser(deleted);
  await userEvent.type(await screen.findByLabelText('Type bob to go on'), 'bob');
  expect(screen.getByText(/owns 3 repositories/)).toBeVisible();
  expect(await forEver()).toBeDisabled();
  await userEvent.type(screen.getByLabelText('Move the repositories to'), 'acme');
  await userEvent.click(await forEver());
  expect(await screen.findByText('acme/x is there already')).toBeVisible();
  expect(deletions(log)[0]?.query.get('moveRepositoriesTo')).toBe('acme');
  expect(deleted).not.toHaveBeenCalled();
});

it('offers nothing where something is in the way', async () => {
  const only = { code: 'LastAdministrator', message: 'bob is the only administrator of this hub' };
  hub({ ...admin, '/admin/users/bob/deletion': { ...loss, hindrances: [only, owns] } });
  showUser();
  expect(await screen.findByText('bob is the only administrator of this hub.')).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Delete for ever' })).toBeNull();
});

it('deletes an organisation', async () => {
  const log = hub({
    ...admin,
    '/api/organizations/acme/deletion': {
      name: 'acme',
      fullname: 'Acme',
      repositories: 0,
      members: 4,
      invitations: 1,
      hindrances: [],
    },
    'DELETE /api/organizations/acme': {},
  });
  const deleted = vi.fn();
  show(<OrganizationDeletionDialog name="acme" open onClose={nothing} onDeleted={deleted} />);
  expect(await screen.findByText(/4 memberships and 1 open invitation will end/)).toBeVisible();
  await userEvent.type(screen.getByLabelText('Type acme to go on'), 'acme');
  await userEvent.click(await forEver());
  await vi.waitFor(() => expect(deleted).toHaveBeenCalled());
  expect(deletions(log)).toHaveLength(1);
});
