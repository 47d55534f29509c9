import { useMutation, useQueryClient } from '@tanstack/react-query';
import { KeyRound, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api } from '@/api/client';
import { usersQuery, type User } from '@/api/operation';
import type { components } from '@/api/schema';
import { useSession } from '@/app/session';
import { formatAbsolute } from '@/lib/format';
import { UserDeletionDialog } from '@/parts/account-deletion';
import { Table, type Column } from '@/parts/table';
import { Button, Chip, Command, Dialog, EmptyState, RelativeTime, useToast } from '@/ui';
import { AccountName, Searched } from './searched';

type ResetLink = components['schemas']['ResetLink'];
type Change = { name: string; isAdmin?: boolean; disabled?: boolean };

export const People = () => (
  <Searched
    label="Users"
    by="name or address"
    query={usersQuery}
    itemsOf={(page) => page.users}
    empty={() => <EmptyState title="Nobody is called so" />}
  >
    {(users) => <UserTable users={users} />}
  </Searched>
);

const columns: Column<User>[] = [
  { id: 'name', label: 'User', cell: (user) => <AccountName of={user} /> },
  { id: 'email', label: 'Address', cell: (user) => user.email || <span className="muted">none</span> },
  {
    id: 'role',
    label: 'Role',
    cell: (user) => (
      <span className="row nowrap">
        {user.isAdmin ? <Chip tone="info">administrator</Chip> : <Chip>user</Chip>}
        {user.disabled ? <Chip tone="bad">switched off</Chip> : null}
      </span>
    ),
  },
  { id: 'joined', label: 'Joined', cell: (user) => <RelativeTime time={user.createdAt} /> },
  { id: 'seen', label: 'Seen', cell: (user) => <RelativeTime time={user.lastSeenAt} /> },
];

function UserTable({ users }: { users: readonly User[] }) {
  const { user: self } = useSession();
  const client = useQueryClient();
  const toast = useToast();
  const [off, setOff] = useState<User>();
  const [gone, setGone] = useState<string>();
  const [link, setLink] = useState<ResetLink & { name: string }>();
  const failed = (error: Error) => toast(error.message, true);
  const change = useMutation({
    mutationFn: ({ name, ...body }: Change) =>
      api<User>(`/admin/users/${encodeURIComponent(name)}`, { method: 'PATCH', body }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['admin', 'users'] }),
    onError: failed,
  });
  const reset = useMutation({
    mutationFn: async (name: string) => ({
      ...(await api<ResetLink>(`/admin/users/${encodeURIComponent(name)}/reset`, { method: 'POST' })),
      name,
    }),
    onSuccess: setLink,
    onError: failed,
  });
  const busy = (name: string) => change.isPending && change.variables.name === name;
  const actions: Column<User> = {
    id: 'actions',
    label: 'Actions',
    unlabelled: true,
    right: true,
    cell: (user) => (
      <span className="row nowrap admin-actions">
        <Button
          small
          busy={reset.isPending && reset.variables === user.name}
          onClick={() => reset.mutate(user.name)}
        >
          <KeyRound aria-hidden="true" /> Password link
        </Button>
        <Button
          small
          busy={busy(user.name)}
          disabled={user.name === self?.name}
          onClick={() => change.mutate({ name: user.name, isAdmin: !user.isAdmin })}
        >
          {user.isAdmin ? 'Make a user' : 'Make administrator'}
        </Button>
        <Button
          small
          {...(user.disabled ? {} : { tone: 'danger' as const })}
          busy={busy(user.name)}
          disabled={user.name === self?.name}
          onClick={() => (user.disabled ? change.mutate({ name: user.name, disabled: false }) : setOff(user))}
        >
          {user.disabled ? 'Switch on' : 'Switch off'}
        </Button>
        <Button
          small
          icon
          tone="danger"
          aria-label={`Delete ${user.name}`}
          title={`Delete ${user.name}`}
          disabled={user.name === self?.name}
          onClick={() => setGone(user.name)}
        >
          <Trash2 aria-hidden="true" /> <span className="narrow-only">Delete</span>
        </Button>
      </span>
    ),
  };
  return (
    <>
      <Table label="Users" rows={users} columns={[...columns, actions]} keyOf={(user) => user.name} stacks />
      <Dialog
        open={off !== undefined}
        onClose={() => setOff(undefined)}
        title={`Switch off ${off?.name ?? ''}?`}
      >
        <p>
          Sessions and keys of this user stop within five seconds. Repositories stay, and the user can be
          switched on again.
        </p>
        <div className="actions">
          <Button onClick={() => setOff(undefined)}>Cancel</Button>
          <Button
            tone="danger"
            onClick={() => {
              if (off) change.mutate({ name: off.name, disabled: true });
              setOff(undefined);
            }}
          >
            Switch off
          </Button>
        </div>
      </Dialog>
      <UserDeletionDialog
        name={gone ?? ''}
        open={gone !== undefined}
        onClose={() => setGone(undefined)}
        onDeleted={() => setGone(undefined)}
      />
      <Dialog
        open={link !== undefined}
        onClose={() => setLink(undefined)}
        title={`A new password for ${link?.name ?? ''}`}
      >
        <p>
          Send this link. It works once
          {link ? `, until ${formatAbsolute(new Date(link.expiresAt))}` : ''}, and is not shown again.
        </p>
        <Command label="Copy the link">{link?.url ?? ''}</Command>
      </Dialog>
    </>
  );
}
