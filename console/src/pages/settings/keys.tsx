import { useQuery, useQueryClient } from '@tanstack/react-query';
import { KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import { api } from '@/api/client';
import type { Key, KeyScope, NewKey } from '@/api/types';
import { useSession } from '@/app/session';
import { useTitle } from '@/app/title';
import { useSubmit } from '@/lib/use-submit';
import { Table, type Column } from '@/parts/table';
import {
  Button,
  Chip,
  Command,
  Dialog,
  EmptyState,
  ErrorState,
  Notice,
  RelativeTime,
  SelectField,
  SkeletonRows,
  TextField,
  useToast,
  type Tone,
} from '@/ui';
import { FormProblem } from '../account/frame';

const keysKey = ['keys'];
const scopes: Record<KeyScope, { label: string; tone?: Tone }> = {
  read: { label: 'Read: download what you may see' },
  write: { label: 'Write: also make, upload and delete', tone: 'info' },
  admin: { label: 'Admin: also administer this hub', tone: 'warn' },
};
const lives = [
  ['', 'never'],
  ['7', 'in 7 days'],
  ['30', 'in 30 days'],
  ['90', 'in 90 days'],
  ['365', 'in a year'],
] as const;

const inDays = (days: string) => new Date(Date.now() + Number(days) * 86_400_000).toISOString();

function CreateDialog({
  open,
  onClose,
  made,
}: {
  open: boolean;
  onClose: () => void;
  made: (key: NewKey) => void;
}) {
  const { user } = useSession();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [scope, setScope] = useState<KeyScope>('write');
  const [days, setDays] = useState('');
  const { busy, error, onSubmit } = useSubmit(async () => {
    const key = await api<NewKey>('/api/keys', {
      method: 'POST',
      body: { name, scope, ...(days ? { expiresAt: inDays(days) } : {}) },
    });
    await client.invalidateQueries({ queryKey: keysKey });
    setName('');
    made(key);
  });
  return (
    <Dialog open={open} onClose={onClose} title="New access key">
      <FormProblem error={error} />
      <form className="stack" onSubmit={onSubmit}>
        <TextField
          label="Name"
          hint="What or where it is for, such as “laptop”"
          required
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <SelectField
          label="It may"
          value={scope}
          onChange={(event) => setScope(event.target.value as KeyScope)}
        >
          {Object.entries(scopes)
            .filter(([id]) => id !== 'admin' || user?.isAdmin)
            .map(([id, { label }]) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
        </SelectField>
        <SelectField label="It ends" value={days} onChange={(event) => setDays(event.target.value)}>
          {lives.map(([id, label]) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </SelectField>
        <div className="actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button tone="primary" type="submit" busy={busy}>
            Make the key
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Shown({ made, close }: { made: NewKey; close: () => void }) {
  const { session } = useSession();
  return (
    <section className="card setting made-key" aria-label="The new key">
      <Notice tone="good">
        <b>{made.name}</b> is made. This is the only time the key is shown: copy it now.
      </Notice>
      <Command label="Copy the key">{made.key}</Command>
      <p className="muted small">Sign in with it on another machine:</p>
      <Command>{`export HF_ENDPOINT=${session.hub.endpoint}\nhf auth login --token ${made.key}`}</Command>
      <div>
        <Button small onClick={close}>
          I have it
        </Button>
      </div>
    </section>
  );
}

const columns: Column<Key>[] = [
  { id: 'name', label: 'Name', cell: (key) => <b>{key.name}</b> },
  {
    id: 'scope',
    label: 'May',
    cell: ({ scope }) => <Chip {...(scopes[scope].tone ? { tone: scopes[scope].tone } : {})}>{scope}</Chip>,
  },
  { id: 'prefix', label: 'Begins with', cell: (key) => <code>{key.prefix}…</code> },
  { id: 'made', label: 'Made', cell: (key) => <RelativeTime time={key.createdAt} /> },
  { id: 'used', label: 'Last used', cell: (key) => <RelativeTime time={key.lastUsedAt} /> },
  { id: 'ends', label: 'Ends', cell: (key) => <RelativeTime time={key.expiresAt} /> },
];

function Rows({ keys, revoke }: { keys: readonly Key[]; revoke: (key: Key) => void }) {
  const action: Column<Key> = {
    id: 'revoke',
    label: 'Revoke',
    unlabelled: true,
    right: true,
    cell: (key) => (
      <Button small tone="danger" onClick={() => revoke(key)}>
        Revoke
      </Button>
    ),
  };
  return (
    <Table label="Access keys" rows={keys} columns={[...columns, action]} keyOf={(key) => key.id} stacks />
  );
}

export function KeySettings() {
  useTitle('Access keys');
  const client = useQueryClient();
  const toast = useToast();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: keysKey,
    queryFn: () => api<Key[]>('/api/keys'),
  });
  const [creating, setCreating] = useState(false);
  const [made, setMade] = useState<NewKey | null>(null);
  const [doomed, setDoomed] = useState<Key | null>(null);
  const revoke = useSubmit(async () => {
    if (!doomed) return;
    await api(`/api/keys/${doomed.id}`, { method: 'DELETE' });
    await client.invalidateQueries({ queryKey: keysKey });
    if (made?.id === doomed.id) setMade(null);
    toast(`${doomed.name} is revoked. Within five seconds nothing accepts it any more.`);
    setDoomed(null);
  });
  return (
    <>
      <div className="row between wrap">
        <h1>Access keys</h1>
        <Button tone="primary" onClick={() => setCreating(true)}>
          <Plus /> New key
        </Button>
      </div>
      <p className="muted">
        Programs sign in with a key: the hf command, Python, git, curl. Give each its own, so that one can be
        revoked alone.
      </p>
      {made ? <Shown made={made} close={() => setMade(null)} /> : null}
      {error ? <ErrorState error={error} retry={() => void refetch()} /> : null}
      {isPending ? <SkeletonRows rows={3} height={42} /> : null}
      {data && data.length > 0 ? <Rows keys={data} revoke={setDoomed} /> : null}
      {data?.length === 0 ? (
        <div className="card">
          <EmptyState title="You have no keys yet" icon={<KeyRound aria-hidden="true" />}>
            <p>Make one to upload from a terminal or a program.</p>
          </EmptyState>
        </div>
      ) : null}
      <CreateDialog
        open={creating}
        onClose={() => setCreating(false)}
        made={(key) => {
          setCreating(false);
          setMade(key);
        }}
      />
      <Dialog open={doomed !== null} onClose={() => setDoomed(null)} title={`Revoke ${doomed?.name ?? ''}?`}>
        <p>Programs that use it are refused within five seconds. This cannot be undone.</p>
        <FormProblem error={revoke.error} />
        <div className="actions">
          <Button onClick={() => setDoomed(null)}>Keep it</Button>
          <Button tone="danger" busy={revoke.busy} onClick={() => void revoke.submit()}>
            Revoke
          </Button>
        </div>
      </Dialog>
    </>
  );
}
