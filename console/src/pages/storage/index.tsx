/** Everything the hub stores, and how it gets to Sia. */
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { RotateCw } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import {
  assetsQuery,
  queueQuery,
  retryPin,
  siaQuery,
  type Pin,
  type PinState,
  type Queue,
  type Sia,
} from '@/api/operation';
import { useTitle } from '@/app/title';
import { formatBytes, formatExact, plural } from '@/lib/format';
import { AdminOnly } from '@/parts/admin-only';
import { CountedAt } from '@/parts/counted-at';
import { Figures } from '@/parts/figures';
import { Paged } from '@/parts/paged';
import { PinChip, pinStates, pinWord } from '@/parts/pin-state';
import { ShareBar } from '@/parts/share-bar';
import { Table, type Column } from '@/parts/table';
import { XorbTable } from '@/parts/xorbs';
import {
  Button,
  Bytes,
  EmptyState,
  ErrorState,
  Hash,
  Notice,
  RelativeTime,
  SkeletonRows,
  useToast,
} from '@/ui';

export function Component() {
  useTitle('Assets');
  return (
    <div className="page stack loose">
      <div className="page-head">
        <div>
          <h1>Assets</h1>
          <p>Every xorb of this hub: what it holds, how safe it is, and what is on its way to Sia.</p>
        </div>
      </div>
      <AdminOnly instead={<p>What a repository stores is on its own Storage tab.</p>}>
        <Pinning />
        <Assets />
      </AdminOnly>
    </div>
  );
}

function Pinning() {
  const sia = useQuery(siaQuery);
  const queue = useQuery(queueQuery);
  if (sia.isPending || queue.isPending) return <SkeletonRows rows={2} height={78} />;
  if (sia.error) return <ErrorState error={sia.error} retry={() => void sia.refetch()} />;
  if (!sia.data || !queue.data)
    return (
      <Notice tone="warn">
        This hub keeps its bytes on its own disk alone: it was not told an indexd. Set <code>sia.indexd</code>{' '}
        and run <code>siahub sia connect</code> to put them on Sia.
      </Notice>
    );
  return (
    <section className="stack" aria-label="On the way to Sia">
      {sia.data.state !== 'ok' && sia.data.state !== 'ready' && sia.data.cause ? (
        <Notice tone="bad">
          {sia.data.cause} {sia.data.remedy}
        </Notice>
      ) : null}
      <QueueFigures queue={queue.data} sia={sia.data} />
      <Failures failures={queue.data.failures} />
    </section>
  );
}

const tones = { pinned: 'good', uploading: 'info', packing: 'info', stored: 'warn', local: 'plain' } as const;

export function QueueFigures({ queue, sia }: { queue: Queue; sia: Sia }) {
  const { pinning } = sia;
  const of = (state: PinState) => queue.states[state] ?? { xorbs: 0, bytes: 0 };
  const waiting = (['stored', 'packing', 'uploading'] as const).map(of);
  const waitingBytes = waiting.reduce((sum, one) => sum + one.bytes, 0);
  const left =
    pinning.bytes_per_second > 0 && waitingBytes > 0 ? waitingBytes / pinning.bytes_per_second : undefined;
  return (
    <>
      <Figures
        label="On the way to Sia"
        figures={[
          {
            label: 'On Sia',
            value: formatBytes(of('pinned').bytes),
            note: plural(of('pinned').xorbs, 'xorb'),
          },
          {
            label: 'Waiting',
            value: formatBytes(waitingBytes),
            note: plural(
              waiting.reduce((sum, one) => sum + one.xorbs, 0),
              'xorb',
            ),
          },
          {
            label: 'Uploading now',
            value: formatBytes(pinning.uploading_bytes),
            note: pinning.next_try ? 'tries again soon' : undefined,
          },
          {
            label: 'Rate',
            value: `${formatBytes(pinning.bytes_per_second)}/s`,
            note: left === undefined ? 'while uploading' : `about ${roughly(left)} to go`,
          },
          {
            label: 'Last pinned',
            value: <RelativeTime time={pinning.last_pinned} />,
            note: `${plural(pinning.verified_samples, 'sample')} read back`,
          },
        ]}
      />
      <ShareBar
        label="Bytes by state"
        parts={pinStates.map((state) => ({
          label: pinWord(state),
          bytes: of(state).bytes,
          tone: tones[state],
        }))}
      />
      {pinning.failing_since ? (
        <Notice tone="bad">
          Uploads have failed since <RelativeTime time={pinning.failing_since} />: {pinning.last_error}{' '}
          {pinning.next_try ? (
            <>
              The next try is <RelativeTime time={pinning.next_try} />.
            </>
          ) : null}
        </Notice>
      ) : null}
    </>
  );
}

function roughly(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.ceil(seconds / 60)} min`;
  return `${Math.ceil(seconds / 3600)} h`;
}

const failureColumns: Column<Pin>[] = [
  { id: 'xorb', label: 'Xorb', cell: (pin) => <Hash value={pin.xorb} /> },
  { id: 'state', label: 'State', cell: (pin) => <PinChip state={pin.state} /> },
  { id: 'size', label: 'Size', right: true, cell: (pin) => <Bytes value={pin.bytes} /> },
  { id: 'tries', label: 'Tries', right: true, cell: (pin) => pin.tries },
  { id: 'error', label: 'Error', className: 'error-text', cell: (pin) => pin.last_error },
  { id: 'next', label: 'Next try', cell: (pin) => <RelativeTime time={pin.next_try} /> },
];

export function Failures({ failures }: { failures: readonly Pin[] }) {
  const client = useQueryClient();
  const toast = useToast();
  const retry = useMutation({
    mutationFn: retryPin,
    onSuccess: () => {
      toast('It is tried again within seconds.');
      void client.invalidateQueries({ queryKey: ['sia'] });
    },
    onError: (error) => toast(error.message, true),
  });
  if (failures.length === 0) return null;
  const action: Column<Pin> = {
    id: 'action',
    label: 'Action',
    unlabelled: true,
    right: true,
    cell: (pin) => (
      <Button
        small
        busy={retry.isPending && retry.variables === pin.xorb}
        onClick={() => retry.mutate(pin.xorb)}
      >
        <RotateCw aria-hidden="true" /> Try now
      </Button>
    ),
  };
  return (
    <div className="stack tight">
      <h2>What failed last</h2>
      <Table
        label="Xorbs that could not be pinned"
        stacks
        rows={failures}
        columns={[...failureColumns, action]}
        keyOf={(pin) => pin.xorb}
      />
    </div>
  );
}

function Assets() {
  const [state, setState] = useState<PinState>();
  const list = useInfiniteQuery(assetsQuery(state));
  const first = list.data?.pages[0];
  return (
    <section className="stack" aria-label="Xorbs">
      <div className="section-head">
        <div>
          <h2>Xorbs {first ? <span className="muted num">{formatExact(first.total)}</span> : null}</h2>
          {first ? <CountedAt time={first.countedAt} /> : null}
        </div>
        <div className="row wrap" role="group" aria-label="By state">
          {[undefined, ...pinStates].map((one) => (
            <button
              key={one ?? 'all'}
              type="button"
              className="chip"
              aria-pressed={state === one}
              onClick={() => setState(one)}
            >
              {one ? pinWord(one) : 'all'}
            </button>
          ))}
        </div>
      </div>
      <Paged
        list={list}
        itemsOf={(page) => page.xorbs}
        until={{ rows: 8, height: 38 }}
        empty={
          <EmptyState title={state ? `No xorb is ${pinWord(state)}` : 'Nothing is stored yet'}>
            {state ? null : (
              <p>
                Xorbs come to be when somebody uploads large files. The <Link to="/">start page</Link> has the
                command.
              </p>
            )}
          </EmptyState>
        }
      >
        {(xorbs) => <XorbTable xorbs={xorbs} label="Xorbs of the hub" admin />}
      </Paged>
    </section>
  );
}
