import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { api } from '@/api/client';
import { usersQuery, type User } from '@/api/operation';
import type { components } from '@/api/schema';
import { useSession } from '@/app/session';
import { formatAbsolute } from '@/lib/format';
import { useDebounced } from '@/lib/hooks';
import {
  Button,
  Chip,
  Command,
  Dialog,
  EmptyState,
  ErrorState,
  RelativeTime,
  Seal,
  SkeletonRows,
  TableFrame,
  useToast,
} from '@/ui';

type ResetLink = components['schemas']['ResetLink'];
type Change = { name: string; isAdmin?: boolean; disabled?: boolean };

export function People() {
  const [typed, setTyped] = useState('');
  const search = useDebounced(typed.trim(), 200);
  const { data, error, isPending, fetchNextPage, hasNextPage, isFetchingNextPage, refetch } =
    useInfiniteQuery(usersQuery(search));
  const users = data?.pages.flatMap((page) => page.users) ?? [];
  return (
    <section className="stack" aria-label="Users">
      <input
        className="input admin-search"
        type="search"
        placeholder="Find by name or address"
        aria-label="Find users by name or address"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      {error ? <ErrorState error={error} retry={() => void refetch()} /> : null}
      {isPending ? <SkeletonRows rows={5} height={44} /> : null}
      {data && users.length === 0 ? (
        <div className="card">
          <EmptyState title="Nobody is called so" />
        </div>
      ) : null}
      {users.length > 0 ? <UserTable users={users} /> : null}
      {hasNextPage ? (
        <div>
          <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Load more
          </Button>
        </div>
      ) : null}
    </section>
  );
}

export function UserTable({ users }: { users: readonly User[] }) {
  const { user: self } = useSession();
  const client = useQueryClient();
  const toast = useToast();
  const [off, setOff] = useState<User>();
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
  return (
    <>
      <TableFrame label="Users">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">User</th>
              <th scope="col">Address</th>
              <th scope="col">Role</th>
              <th scope="col">Joined</th>
              <th scope="col">Seen</th>
              <th scope="col">
                <span className="hidden-visually">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {users.map((user) => (
              <tr key={user.name}>
                <td>
                  <span className="row nowrap">
                    <Seal name={user.name} size={22} />
                    <span>
                      <Link to={`/${user.name}`}>{user.name}</Link>
                      {user.fullname && user.fullname !== user.name ? (
                        <span className="muted"> {user.fullname}</span>
                      ) : null}
                    </span>
                  </span>
                </td>
                <td>{user.email || <span className="muted">none</span>}</td>
                <td>
                  <span className="row nowrap">
                    {user.isAdmin ? <Chip tone="info">administrator</Chip> : <Chip>user</Chip>}
                    {user.disabled ? <Chip tone="bad">switched off</Chip> : null}
                  </span>
                </td>
                <td>
                  <RelativeTime time={user.createdAt} />
                </td>
                <td>
                  <RelativeTime time={user.lastSeenAt} />
                </td>
                <td className="right">
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
                      onClick={() =>
                        user.disabled ? change.mutate({ name: user.name, disabled: false }) : setOff(user)
                      }
                    >
                      {user.disabled ? 'Switch on' : 'Switch off'}
                    </Button>
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
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
