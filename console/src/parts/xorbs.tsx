/** Xorbs (the stores of many files' chunks), each with what it holds and where it is. */
import { useQuery } from '@tanstack/react-query';
import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { pinQuery, type Pin, type Xorb } from '@/api/operation';
import { plural } from '@/lib/format';
import { repoUrl } from '@/lib/urls';
import { Bytes, Button, Hash, Notice, RelativeTime, Skeleton } from '@/ui';
import { PinChip } from './pin-state';
import { Table, type Column } from './table';
import './parts.css';

export function XorbTable({
  xorbs,
  label,
  admin,
}: {
  xorbs: readonly Xorb[];
  label: string;
  admin: boolean;
}) {
  const [open, setOpen] = useState<string>();
  const inRepo = xorbs.some((xorb) => xorb.used !== undefined);
  const name: Column<Xorb> = {
    id: 'xorb',
    label: 'Xorb',
    cell: ({ hash }) => (
      <span className="row nowrap">
        <Button
          tone="quiet"
          icon
          small
          className="expander"
          aria-expanded={open === hash}
          aria-label={`Details of ${hash.slice(0, 8)}`}
          onClick={() => setOpen(open === hash ? undefined : hash)}
        >
          <ChevronRight />
        </Button>
        <Hash value={hash} label="Copy the hash" />
      </span>
    ),
  };
  return (
    <Table
      label={label}
      stacks
      rows={xorbs}
      columns={[name, ...columns.filter(({ id }) => inRepo || id !== 'used')]}
      keyOf={(xorb) => xorb.hash}
      details={(xorb) => (open === xorb.hash ? <Details xorb={xorb} admin={admin} /> : null)}
    />
  );
}

const columns: Column<Xorb>[] = [
  { id: 'state', label: 'State', cell: (xorb) => <PinChip state={xorb.state} /> },
  { id: 'size', label: 'Size', right: true, cell: (xorb) => <Bytes value={xorb.size} /> },
  { id: 'stored', label: 'Stored', right: true, cell: (xorb) => <Bytes value={xorb.storedSize} /> },
  { id: 'used', label: 'Used here', right: true, cell: (xorb) => <Bytes value={xorb.used ?? 0} /> },
  { id: 'chunks', label: 'Chunks', right: true, cell: (xorb) => xorb.chunks },
  { id: 'files', label: 'Files', right: true, cell: (xorb) => xorb.files },
  { id: 'repos', label: 'Shared with', cell: (xorb) => <Repos xorb={xorb} /> },
  { id: 'slabs', label: 'Slabs', right: true, cell: (xorb) => xorb.slabs ?? '–' },
  { id: 'since', label: 'Since', cell: (xorb) => <RelativeTime time={xorb.createdAt} /> },
];

function Repos({ xorb, all }: { xorb: Xorb; all?: boolean }) {
  const shown = all ? xorb.repos : xorb.repos.slice(0, 1);
  const more = xorb.repos.length - shown.length;
  if (shown.length === 0) return <span className="muted">–</span>;
  return (
    <span className={all ? 'row wrap' : 'row nowrap'}>
      {shown.map((repo) => (
        <Link key={repo.kind + repo.id} to={`${repoUrl(repo)}/storage`}>
          {repo.id}
        </Link>
      ))}
      {more > 0 || xorb.moreRepos ? (
        <span className="muted">
          {more > 0 ? `+${more}${xorb.moreRepos ? ' and more' : ''}` : 'and more'}
        </span>
      ) : null}
    </span>
  );
}

function Details({ xorb, admin }: { xorb: Xorb; admin: boolean }) {
  return (
    <div className="stack">
      {xorb.lastError ? <Notice tone="bad">The last try to pin it failed: {xorb.lastError}</Notice> : null}
      <dl className="pairs">
        <dt>Hash</dt>
        <dd>
          <Hash value={xorb.hash} digits={64} />
        </dd>
        <dt>On a disk of the hub</dt>
        <dd>{xorb.local ? 'yes' : 'no, it is read from Sia when somebody asks'}</dd>
        <dt>Sia object</dt>
        <dd>
          {xorb.siaObject ? (
            <Hash value={xorb.siaObject} digits={64} />
          ) : (
            <span className="muted">none yet</span>
          )}
        </dd>
        <dt>Repositories</dt>
        <dd>
          <Repos xorb={xorb} all />
        </dd>
      </dl>
      {admin && xorb.siaObject ? <Slabs xorb={xorb.hash} /> : null}
    </div>
  );
}

function Slabs({ xorb }: { xorb: string }) {
  const { data, isPending } = useQuery(pinQuery(xorb));
  if (isPending) return <Skeleton height={60} />;
  if (!data?.slabs) return null;
  return (
    <div className="stack tight">
      {data.slabs.map((slab) => (
        <Slab key={`${slab.id}-${slab.offset}`} slab={slab} />
      ))}
    </div>
  );
}

type SlabPart = NonNullable<Pin['slabs']>[number];

export function Slab({ slab }: { slab: SlabPart }) {
  return (
    <details className="slab">
      <summary>
        Slab <code>{slab.id.slice(0, 12)}</code>{' '}
        <span className="muted">
          {plural(slab.sectors.length, 'shard')} on as many hosts, any {slab.data_shards} of them bring it
          back
        </span>
      </summary>
      <ol className="shards">
        {slab.sectors.map((sector, i) => (
          <li key={sector.root}>
            <span className="muted num">{i + 1}</span>
            <code title={sector.host}>{shortKey(sector.host)}</code>
            <code className="muted" title={sector.root}>
              {sector.root.slice(0, 12)}
            </code>
          </li>
        ))}
      </ol>
    </details>
  );
}

/** ed25519:0123… without its prefix, and short. */
export const shortKey = (key: string): string => key.replace(/^ed25519:/, '').slice(0, 12);
