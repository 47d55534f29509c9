import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@/api/client';
import type { SessionEntry } from '@/api/types';
import { useTitle } from '@/app/title';
import { describeAgent } from '@/lib/user-agent';
import { useSubmit } from '@/lib/use-submit';
import { Button, Chip, ErrorState, RelativeTime, SkeletonRows, TableFrame, useToast } from '@/ui';
import { FormProblem } from '../account/frame';

const sessionsKey = ['sessions'];

function Row({ entry }: { entry: SessionEntry }) {
  const client = useQueryClient();
  const toast = useToast();
  const end = useSubmit(async () => {
    await api(`/api/sessions/${entry.id}`, { method: 'DELETE' });
    await client.invalidateQueries({ queryKey: sessionsKey });
    toast('The session is ended.');
  });
  return (
    <tr>
      <td title={entry.userAgent}>
        <b>{describeAgent(entry.userAgent)}</b> {entry.current ? <Chip tone="good">this one</Chip> : null}
        <FormProblem error={end.error} />
      </td>
      <td>
        <code>{entry.address}</code>
      </td>
      <td>
        <RelativeTime time={entry.createdAt} />
      </td>
      <td>
        <RelativeTime time={entry.lastUsedAt} />
      </td>
      <td>
        <RelativeTime time={entry.expiresAt} />
      </td>
      <td className="right">
        {entry.current ? null : (
          <Button small busy={end.busy} onClick={() => void end.submit()}>
            End
          </Button>
        )}
      </td>
    </tr>
  );
}

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
        <TableFrame label="Sessions">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Browser</th>
                <th scope="col">Address</th>
                <th scope="col">Signed in</th>
                <th scope="col">Last used</th>
                <th scope="col">Ends</th>
                <th scope="col">
                  <span className="hidden-visually">End it</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {data.map((entry) => (
                <Row key={entry.id} entry={entry} />
              ))}
            </tbody>
          </table>
        </TableFrame>
      ) : null}
    </>
  );
}
