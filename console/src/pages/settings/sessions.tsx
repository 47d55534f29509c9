import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@/api/client';
import type { SessionEntry } from '@/api/types';
import { useTitle } from '@/app/title';
import { describeAgent } from '@/lib/user-agent';
import { useSubmit } from '@/lib/use-submit';
import { Table, type Column } from '@/parts/table';
import { Button, Chip, ErrorState, RelativeTime, SkeletonRows, useToast } from '@/ui';
import { FormProblem } from '../account/frame';

const sessionsKey = ['sessions'];

function End({ entry }: { entry: SessionEntry }) {
  const client = useQueryClient();
  const toast = useToast();
  const end = useSubmit(async () => {
    await api(`/api/sessions/${entry.id}`, { method: 'DELETE' });
    await client.invalidateQueries({ queryKey: sessionsKey });
    toast('The session is ended.');
  });
  if (entry.current) return null;
  return (
    <>
      <FormProblem error={end.error} />
      <Button small busy={end.busy} onClick={() => void end.submit()}>
        End
      </Button>
    </>
  );
}

const columns: Column<SessionEntry>[] = [
  {
    id: 'browser',
    label: 'Browser',
    cell: (entry) => (
      <span title={entry.userAgent}>
        <b>{describeAgent(entry.userAgent)}</b> {entry.current ? <Chip tone="good">this one</Chip> : null}
      </span>
    ),
  },
  { id: 'address', label: 'Address', cell: (entry) => <code>{entry.address}</code> },
  { id: 'since', label: 'Signed in', cell: (entry) => <RelativeTime time={entry.createdAt} /> },
  { id: 'used', label: 'Last used', cell: (entry) => <RelativeTime time={entry.lastUsedAt} /> },
  { id: 'ends', label: 'Ends', cell: (entry) => <RelativeTime time={entry.expiresAt} /> },
  { id: 'end', label: 'End it', unlabelled: true, right: true, cell: (entry) => <End entry={entry} /> },
];

export function SessionSettings() {
  useTitle('Sessions');
  const client = useQueryClient();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: sessionsKey,
    queryFn: () => api<SessionEntry[]>('/api/sessions'),
  });
  const others = useSubmit(async () => {
    await api('/api/sessions', { method: 'DELETE' });
    await client.invalidateQueries({ queryKey: sessionsKey });
  });
  return (
    <>
      <div className="row between wrap">
        <h1>Sessions</h1>
        {data && data.length > 1 ? (
          <Button tone="danger" busy={others.busy} onClick={() => void others.submit()}>
            End all others
          </Button>
        ) : null}
      </div>
      <p className="muted">Where you are signed in. End what you do not know, then change your password.</p>
      <FormProblem error={others.error} />
      {error ? <ErrorState error={error} retry={() => void refetch()} /> : null}
      {isPending ? <SkeletonRows rows={2} height={42} /> : null}
      {data ? (
        <Table label="Sessions" rows={data} columns={columns} keyOf={(entry) => entry.id} stacks />
      ) : null}
    </>
  );
}
