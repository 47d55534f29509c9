import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '@/api/client';
import { invitationsQuery, type InvitationEntry, type IssuedInvitation } from '@/api/operation';
import { formatAbsolute } from '@/lib/format';
import {
  Button,
  Command,
  EmptyState,
  ErrorState,
  Notice,
  RelativeTime,
  SelectField,
  SkeletonRows,
  TableFrame,
  TextField,
  useToast,
} from '@/ui';

const roles = ['read', 'contributor', 'write', 'admin'] as const;
const spans = [
  [24, '1 day'],
  [168, '1 week'],
  [720, '30 days'],
] as const;

export function Invitations() {
  const { data, error, isPending, refetch } = useQuery(invitationsQuery);
  return (
    <section className="stack loose" aria-label="Invitations">
      <Invite />
      {error ? <ErrorState error={error} retry={() => void refetch()} /> : null}
      {isPending ? <SkeletonRows rows={3} height={44} /> : null}
      {data ? data.length === 0 ? <NoneOpen /> : <OpenInvitations invitations={data} /> : null}
    </section>
  );
}

const NoneOpen = () => (
  <div className="card">
    <EmptyState title="No invitation is open">
      <p>Make one above and send its link.</p>
    </EmptyState>
  </div>
);

export function Invite() {
  const [email, setEmail] = useState('');
  const [org, setOrg] = useState('');
  const [role, setRole] = useState<(typeof roles)[number]>('write');
  const [hours, setHours] = useState(168);
  const client = useQueryClient();
  const invite = useMutation({
    mutationFn: () =>
      api<IssuedInvitation>('/admin/invitations', {
        method: 'POST',
        body: {
          email: email.trim() || null,
          org: org.trim() || null,
          role: org.trim() ? role : null,
          expiresInHours: hours,
        },
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['admin', 'invitations'] }),
  });
  return (
    <form
      className="card card-body stack"
      aria-label="Invite somebody"
      onSubmit={(event) => {
        event.preventDefault();
        invite.mutate();
      }}
    >
      <h2>Invite somebody</h2>
      <div className="admin-fields">
        <TextField
          label="E-mail (optional)"
          type="email"
          autoComplete="off"
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <TextField
          label="Organisation (optional)"
          autoComplete="off"
          value={org}
          onChange={(event) => setOrg(event.target.value)}
        />
        <SelectField
          label="Role in it"
          disabled={org.trim() === ''}
          value={role}
          onChange={(event) => setRole(roles.find((one) => one === event.target.value) ?? 'write')}
        >
          {roles.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </SelectField>
        <SelectField
          label="Works for"
          value={hours}
          onChange={(event) => setHours(Number(event.target.value))}
        >
          {spans.map(([span, text]) => (
            <option key={span} value={span}>
              {text}
            </option>
          ))}
        </SelectField>
      </div>
      {invite.error ? <Notice tone="bad">{invite.error.message}</Notice> : null}
      {invite.data ? (
        <div className="stack tight">
          <Notice tone="good">
            Send this link; it is shown once and works until {formatAbsolute(new Date(invite.data.expiresAt))}
            .
          </Notice>
          <Command label="Copy the link">{invite.data.url}</Command>
        </div>
      ) : null}
      <div className="actions">
        <Button tone="primary" type="submit" busy={invite.isPending}>
          Make a link
        </Button>
      </div>
    </form>
  );
}

function OpenInvitations({ invitations }: { invitations: readonly InvitationEntry[] }) {
  const client = useQueryClient();
  const toast = useToast();
  const withdraw = useMutation({
    mutationFn: (id: string) => api<undefined>(`/admin/invitations/${id}`, { method: 'DELETE' }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['admin', 'invitations'] }),
    onError: (error) => toast(error.message, true),
  });
  return (
    <div className="stack tight">
      <h2>Open invitations</h2>
      <TableFrame label="Open invitations">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">For</th>
              <th scope="col">Organisation</th>
              <th scope="col">By</th>
              <th scope="col">Made</th>
              <th scope="col">Ends</th>
              <th scope="col">
                <span className="hidden-visually">Action</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {invitations.map((one) => (
              <tr key={one.id}>
                <td>{one.email ?? 'whoever has the link'}</td>
                <td>{one.org ? `${one.org}, ${one.role ?? 'read'}` : <span className="muted">none</span>}</td>
                <td>{one.invitedBy}</td>
                <td>
                  <RelativeTime time={one.createdAt} />
                </td>
                <td>
                  <RelativeTime time={one.expiresAt} />
                </td>
                <td className="right">
                  <Button
                    small
                    tone="danger"
                    busy={withdraw.isPending && withdraw.variables === one.id}
                    onClick={() => withdraw.mutate(one.id)}
                  >
                    Withdraw
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
    </div>
  );
}
