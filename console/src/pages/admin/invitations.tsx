import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '@/api/client';
import { invitationsQuery, type InvitationEntry, type IssuedInvitation } from '@/api/operation';
import { formatAbsolute } from '@/lib/format';
import { Table, type Column } from '@/parts/table';
import {
  Button,
  Command,
  EmptyState,
  ErrorState,
  Notice,
  RelativeTime,
  SelectField,
  SkeletonRows,
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

const columns: Column<InvitationEntry>[] = [
  { id: 'for', label: 'For', cell: (one) => one.email ?? 'whoever has the link' },
  {
    id: 'org',
    label: 'Organisation',
    cell: (one) => (one.org ? `${one.org}, ${one.role ?? 'read'}` : <span className="muted">none</span>),
  },
  { id: 'by', label: 'By', cell: (one) => one.invitedBy },
  { id: 'made', label: 'Made', cell: (one) => <RelativeTime time={one.createdAt} /> },
  { id: 'ends', label: 'Ends', cell: (one) => <RelativeTime time={one.expiresAt} /> },
];

function OpenInvitations({ invitations }: { invitations: readonly InvitationEntry[] }) {
  const client = useQueryClient();
  const toast = useToast();
  const withdraw = useMutation({
    mutationFn: (id: string) => api<undefined>(`/admin/invitations/${id}`, { method: 'DELETE' }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['admin', 'invitations'] }),
    onError: (error) => toast(error.message, true),
  });
  const action: Column<InvitationEntry> = {
    id: 'action',
    label: 'Action',
    unlabelled: true,
    right: true,
    cell: (one) => (
      <Button
        small
        tone="danger"
        busy={withdraw.isPending && withdraw.variables === one.id}
        onClick={() => withdraw.mutate(one.id)}
      >
        Withdraw
      </Button>
    ),
  };
  return (
    <div className="stack tight">
      <h2>Open invitations</h2>
      <Table
        label="Open invitations"
        rows={invitations}
        columns={[...columns, action]}
        keyOf={(one) => one.id}
        stacks
      />
    </div>
  );
}
