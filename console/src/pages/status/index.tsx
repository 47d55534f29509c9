/** How the hub does, and what to do about it. */
import { useQuery } from '@tanstack/react-query';
import {
  CircleAlert,
  CircleCheck,
  Database,
  HardDrive,
  Layers,
  RefreshCw,
  TriangleAlert,
  Waypoints,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import {
  contractsQuery,
  doctorQuery,
  statusQuery,
  walletQuery,
  type Doctor,
  type Status,
} from '@/api/operation';
import { useTitle } from '@/app/title';
import { formatBytes, formatDuration, formatExact, plural } from '@/lib/format';
import { AdminOnly } from '@/parts/admin-only';
import { CountedAt } from '@/parts/counted-at';
import { coins, formatCoins } from '@/parts/money';
import { percent, ShareBar } from '@/parts/share-bar';
import { SortTable, type SortColumn } from '@/parts/sort-table';
import { shortKey } from '@/parts/xorbs';
import {
  Button,
  Chip,
  CopyButton,
  ErrorState,
  Hash,
  Notice,
  RelativeTime,
  SkeletonRows,
  type Tone,
} from '@/ui';
import './status.css';

export function Component() {
  useTitle('Status');
  return (
    <div className="page stack loose">
      <AdminOnly>
        <StatusPage />
      </AdminOnly>
    </div>
  );
}

function StatusPage() {
  const { data, error, isPending, refetch } = useQuery(statusQuery);
  return (
    <>
      <div className="page-head">
        <div>
          <h1>Status</h1>
          <p>
            {data ? (
              <>
                SiaHub {data.version}, as <code>{data.role}</code>, running for{' '}
                {formatDuration(data.uptimeSeconds)}
              </>
            ) : (
              'Of the process that answers this page.'
            )}
          </p>
        </div>
      </div>
      {error ? <ErrorState error={error} retry={() => void refetch()} /> : null}
      {isPending ? <SkeletonRows rows={3} height={110} /> : null}
      {data ? <Parts status={data} /> : null}
      <DoctorChecks />
      {data?.sia ? <Money /> : null}
      {data ? <Nodes nodes={data.nodes} countedAt={data.disk.countedAt} /> : null}
    </>
  );
}

function Part({
  icon,
  title,
  ok,
  word,
  children,
}: {
  icon: ReactNode;
  title: string;
  ok: Tone;
  word: string;
  children: ReactNode;
}) {
  return (
    <section className="card part" aria-label={title}>
      <div className="card-head">
        <h2 className="row">
          {icon} {title}
        </h2>
        <Chip tone={ok}>{word}</Chip>
      </div>
      <div className="card-body">{children}</div>
    </section>
  );
}

const Pairs = ({ pairs }: { pairs: readonly (readonly [string, ReactNode])[] }) => (
  <dl className="pairs">
    {pairs.map(([name, value]) => (
      <div key={name} className="pair">
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
);

const kinds = { sqlite: 'SQLite', postgres: 'PostgreSQL', process: 'in the process', redis: 'Redis' };

export function Parts({ status }: { status: Status }) {
  const { database, cache, disk, sia, limits } = status;
  const free = disk.totalBytes > 0 ? disk.freeBytes / disk.totalBytes : 1;
  const diskTone: Tone = free < 0.05 ? 'bad' : free < 0.15 ? 'warn' : 'good';
  return (
    <div className="status-grid">
      <Part
        icon={<Database aria-hidden="true" />}
        title="Database"
        ok={database.ok ? 'good' : 'bad'}
        word={database.ok ? 'answers' : 'does not answer'}
      >
        <Pairs
          pairs={[
            ['Kind', kinds[database.kind]],
            ['Latency', `${database.latencyMs.toFixed(1)} ms`],
            ['Size', database.sizeBytes === null ? '–' : formatBytes(database.sizeBytes)],
            ['Schema', formatExact(database.schema)],
          ]}
        />
      </Part>
      <Part
        icon={<Layers aria-hidden="true" />}
        title="Cache"
        ok={cache.ok ? 'good' : 'warn'}
        word={cache.ok ? 'works' : 'away'}
      >
        <Pairs
          pairs={[
            ['Kind', kinds[cache.kind]],
            ['Anonymous calls refused', formatExact(limits.anonymousRefused)],
            ['Calls of keys refused', formatExact(limits.keyRefused)],
            ['Wrong keys refused', formatExact(limits.wrongKeyRefused)],
          ]}
        />
      </Part>
      <Part
        icon={<HardDrive aria-hidden="true" />}
        title="Disk"
        ok={diskTone}
        word={`${percent(free, 1)} free`}
      >
        <div className="stack">
          <ShareBar
            label="Of the disk"
            parts={[
              { label: 'the hub’s bodies', bytes: disk.bodiesBytes, tone: 'good' },
              {
                label: 'other',
                bytes: Math.max(0, disk.totalBytes - disk.freeBytes - disk.bodiesBytes),
                tone: 'plain',
              },
            ]}
          />
          <Pairs
            pairs={[
              ['Folder', <code key="path">{disk.path}</code>],
              ['Free', `${formatBytes(disk.freeBytes)} of ${formatBytes(disk.totalBytes)}`],
              ['Bodies', `${formatExact(disk.bodies)}, ${formatBytes(disk.bodiesBytes)}`],
              ['Bodies counted', <RelativeTime key="counted" time={disk.countedAt} />],
            ]}
          />
        </div>
      </Part>
      <SiaPart sia={sia} />
    </div>
  );
}

function SiaPart({ sia }: { sia: Status['sia'] }) {
  if (!sia)
    return (
      <Part icon={<Waypoints aria-hidden="true" />} title="Sia" ok="warn" word="not set up">
        <p className="muted">
          Everything is on the hub’s own disk. Set <code>sia.indexd</code> and run{' '}
          <code>siahub sia connect</code> to spread it over storage hosts.
        </p>
      </Part>
    );
  const { pinning } = sia;
  const well = sia.cause === '' && !pinning.failing_since;
  return (
    <Part icon={<Waypoints aria-hidden="true" />} title="Sia" ok={well ? 'good' : 'bad'} word={sia.state}>
      <div className="stack">
        {sia.cause ? (
          <Notice tone="bad">
            {sia.cause}. {sia.remedy}
          </Notice>
        ) : null}
        <Pairs
          pairs={[
            [
              'Hosts',
              <Link
                key="hosts"
                to="/providers"
              >{`${sia.hosts_good_for_upload} of ${sia.hosts} take uploads`}</Link>,
            ],
            ['Redundancy', `any ${sia.data_shards} of ${sia.total_shards} shards`],
            [
              'On Sia',
              <Link
                key="pinned"
                to="/storage"
              >{`${formatBytes(pinning.pinned_bytes)}, since the start`}</Link>,
            ],
            ...(sia.account
              ? [
                  [
                    'Account',
                    `${formatBytes(sia.account.pinned_data)} of ${formatBytes(sia.account.max_pinned_data)} used`,
                  ] as const,
                ]
              : []),
            ['Asked', <RelativeTime key="asked" time={sia.asked_at} />],
          ]}
        />
      </div>
    </Part>
  );
}

const severities = {
  ok: { icon: CircleCheck, tone: 'good' },
  warning: { icon: TriangleAlert, tone: 'warn' },
  error: { icon: CircleAlert, tone: 'bad' },
} as const;
const order = { error: 0, warning: 1, ok: 2 };

function DoctorChecks() {
  const { data, error, isPending, isFetching, refetch } = useQuery(doctorQuery);
  return (
    <section className="stack" aria-label="Doctor">
      <div className="section-head">
        <div>
          <h2>What the doctor says</h2>
          {data ? (
            <p className="muted small">
              Looked <RelativeTime time={data.checkedAt} />, as <code>siahub admin doctor</code> does.
            </p>
          ) : null}
        </div>
        <Button small busy={isFetching} onClick={() => void refetch()}>
          <RefreshCw aria-hidden="true" /> Look again
        </Button>
      </div>
      {error ? <ErrorState error={error} retry={() => void refetch()} /> : null}
      {isPending ? <SkeletonRows rows={4} height={40} /> : null}
      {data ? <Checks checks={data.checks} /> : null}
    </section>
  );
}

export function Checks({ checks }: { checks: Doctor['checks'] }) {
  const sorted = [...checks].sort((a, b) => order[a.severity] - order[b.severity]);
  return (
    <ul className="card checks">
      {sorted.map((check) => {
        const { icon: Icon, tone } = severities[check.severity];
        return (
          <li key={check.name + check.told} className={`check-line ${tone}`}>
            <Icon aria-label={check.severity === 'ok' ? 'well' : check.severity} />
            <div className="grow">
              <strong>{check.name}</strong> <span>{check.told}</span>
              {check.advice ? <p className="advice">{check.advice}</p> : null}
            </div>
          </li>
        );
      })}
    </ul>
  );
}

type ContractRow = NonNullable<Awaited<ReturnType<NonNullable<typeof contractsQuery.queryFn>>>>[number];

const contractColumns: SortColumn<ContractRow>[] = [
  { id: 'id', label: 'Contract', cell: (one) => <Hash value={one.id} />, by: (one) => one.id },
  {
    id: 'host',
    label: 'Host',
    cell: (one) => (
      <span className="row nowrap">
        <code title={one.host}>{shortKey(one.host)}</code>
        <CopyButton text={one.host} label="Copy the key" />
      </span>
    ),
    by: (one) => one.host,
  },
  {
    id: 'state',
    label: 'State',
    cell: (one) => (
      <span className="row">
        {one.state}
        {one.good ? null : <Chip tone="warn">not good</Chip>}
      </span>
    ),
    by: (one) => `${one.good ? 1 : 0}${one.state}`,
  },
  {
    id: 'size',
    label: 'Data',
    right: true,
    down: true,
    cell: (one) => formatBytes(one.size),
    by: (one) => one.size,
  },
  {
    id: 'capacity',
    label: 'Room',
    right: true,
    down: true,
    cell: (one) => formatBytes(one.capacity),
    by: (one) => one.capacity,
  },
  {
    id: 'ends',
    label: 'Ends at block',
    right: true,
    cell: (one) => formatExact(one.expiration_height),
    by: (one) => one.expiration_height,
  },
  {
    id: 'allowance',
    label: 'Allowance left',
    right: true,
    cell: (one) => formatCoins(coins(one.remaining_allowance)),
    by: (one) => Number(one.remaining_allowance),
  },
];

function Money() {
  const { data: wallet } = useQuery(walletQuery);
  const { data: contracts } = useQuery(contractsQuery);
  if (wallet === null)
    return (
      <Notice>
        Wallet and contracts are indexd’s; the hub shows them when <code>sia.admin_url</code> and its password
        are set.
      </Notice>
    );
  const good = contracts?.filter((one) => one.good).length ?? 0;
  return (
    <section className="stack" aria-label="Wallet and contracts">
      <h2>Wallet and contracts</h2>
      {wallet ? (
        <div className="card card-body stack">
          {wallet.alerts.map((alert) => (
            <Notice
              key={alert.message}
              tone={alert.severity === 'error' || alert.severity === 'critical' ? 'bad' : 'warn'}
            >
              {alert.message}
            </Notice>
          ))}
          <Pairs
            pairs={[
              ['Spendable', formatCoins(coins(wallet.spendable))],
              ['Confirmed', formatCoins(coins(wallet.confirmed))],
              ['Not confirmed yet', formatCoins(coins(wallet.unconfirmed))],
              ['Immature', formatCoins(coins(wallet.immature))],
              ['Address', <Hash key="address" value={wallet.address} digits={20} label="Copy the address" />],
            ]}
          />
        </div>
      ) : null}
      {contracts && contracts.length > 0 ? (
        <>
          <p className="muted">
            {plural(contracts.length, 'contract')}, {good} of them good
          </p>
          <SortTable
            label="Contracts"
            rows={contracts}
            columns={contractColumns}
            keyOf={(one) => one.id}
            initial={{ id: 'ends', down: false }}
            limit={15}
            stacks
          />
        </>
      ) : null}
    </section>
  );
}

function Nodes({ nodes, countedAt }: { nodes: Status['nodes']; countedAt: string }) {
  if (nodes.length < 2) return null;
  return (
    <section className="stack" aria-label="Nodes">
      <div>
        <h2>Nodes</h2>
        <CountedAt time={countedAt} />
      </div>
      <SortTable
        label="Nodes"
        stacks
        rows={nodes}
        keyOf={(node) => node.id}
        columns={[
          {
            id: 'id',
            label: 'Node',
            cell: (node) => (
              <span className="row nowrap">
                <code>{node.id}</code>
                {node.own ? <Chip>this one</Chip> : null}
              </span>
            ),
            by: (node) => node.id,
          },
          { id: 'url', label: 'Address', cell: (node) => node.url, by: (node) => node.url },
          {
            id: 'seen',
            label: 'Seen',
            cell: (node) => <RelativeTime time={node.seenAt} />,
            by: (node) => node.seenAt ?? undefined,
          },
          {
            id: 'bodies',
            label: 'Bodies',
            right: true,
            cell: (node) => formatExact(node.bodies),
            by: (node) => node.bodies,
          },
          {
            id: 'bytes',
            label: 'Bytes',
            right: true,
            cell: (node) => formatBytes(node.bytes),
            by: (node) => node.bytes,
          },
        ]}
      />
    </section>
  );
}
