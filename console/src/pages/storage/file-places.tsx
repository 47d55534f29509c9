import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { Link } from 'react-router';
import { fileStorageQuery, type FileStorage } from '@/api/operation';
import { formatBytes, plural } from '@/lib/format';
import { blobUrl, type RepoRef } from '@/lib/urls';
import { countryName } from '@/parts/countries';
import { PinChip } from '@/parts/pin-state';
import { percent } from '@/parts/share-bar';
import { SortTable, type SortColumn } from '@/parts/sort-table';
import { Table, type Column } from '@/parts/table';
import { shortKey, Slab } from '@/parts/xorbs';
import { Bytes, Chip, CopyButton, ErrorState, Hash, Notice, Skeleton, SkeletonRows } from '@/ui';

const WorldMap = lazy(() => import('@/parts/world-map').then((module) => ({ default: module.WorldMap })));

export function FilePlaces({ repo, revision, path }: { repo: RepoRef; revision: string; path: string }) {
  const { data, error, isPending, refetch } = useQuery(fileStorageQuery(repo, revision, path));
  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  if (isPending) return <SkeletonRows rows={3} height={60} />;
  return (
    <div className="card">
      <div className="card-head">
        <span className="row wrap">
          <Link to={blobUrl(repo, revision, path)}>{path}</Link>
          <Bytes value={data.size} />
          {data.inline ? <Chip>in the database</Chip> : <PinChip state={data.state} />}
        </span>
        {data.fileHash ? <Hash value={data.fileHash} label="Copy the Xet hash" /> : null}
      </div>
      <Places file={data} />
    </div>
  );
}

function Places({ file }: { file: FileStorage }) {
  if (file.inline)
    return (
      <div className="card-body">
        <p className="muted">It is small, so it lies in the database; a backup of the database has it.</p>
      </div>
    );
  const told = `${plural(file.terms.length, 'part')}${file.truncated ? ' and more' : ''} of ${plural(file.xorbs.length, 'xorb')}`;
  return (
    <>
      {file.hosts === null ? (
        <div className="card-body">
          <Notice tone="warn">This hub keeps nothing on Sia: the file is on its disk alone, {told}.</Notice>
        </div>
      ) : file.hosts.length === 0 ? (
        <div className="card-body">
          <Notice>No host holds a part of it yet; it waits for its turn. It is made of {told}.</Notice>
        </div>
      ) : (
        <Hosts file={file} hosts={file.hosts} told={told} />
      )}
      <div className="card-body stack tight">
        <Terms file={file} />
        {file.slabs?.map((slab) => (
          <Slab key={`${slab.xorb}${slab.id}${slab.offset}`} slab={slab} />
        ))}
      </div>
    </>
  );
}

type HostShare = NonNullable<FileStorage['hosts']>[number];

const hostColumns: SortColumn<HostShare>[] = [
  {
    id: 'host',
    label: 'Host',
    cell: (host) => (
      <>
        <span className="row nowrap">
          <code title={host.host}>{shortKey(host.host)}</code>
          <CopyButton text={host.host} label="Copy the key" />
        </span>
        <span className="narrow-only muted">{countryName(host.country)}</span>
      </>
    ),
    by: (host) => host.host,
  },
  {
    id: 'country',
    label: 'Country',
    wide: true,
    cell: (host) => countryName(host.country),
    by: (host) => countryName(host.country),
  },
  {
    id: 'share',
    label: 'Share',
    right: true,
    down: true,
    cell: (host) => percent(host.share, 1),
    by: (host) => host.share,
  },
  {
    id: 'bytes',
    label: 'Bytes',
    right: true,
    down: true,
    cell: (host) => formatBytes(host.bytes),
    by: (host) => host.bytes,
  },
  {
    id: 'sectors',
    label: 'Shards',
    right: true,
    down: true,
    cell: (host) => host.sectors,
    by: (host) => host.sectors,
  },
];

function Hosts({ file, hosts, told }: { file: FileStorage; hosts: readonly HostShare[]; told: string }) {
  const countries = new Set(hosts.map((host) => host.country).filter(Boolean));
  const need = file.slabs?.[0]?.data_shards;
  const label = `${plural(hosts.length, 'host')} in ${plural(countries.size, 'country', 'countries')} hold ${file.path}`;
  return (
    <>
      <Suspense fallback={<Skeleton height={300} />}>
        <WorldMap
          label={label}
          hosts={hosts.map((host) => ({
            key: host.host,
            country: host.country,
            latitude: host.latitude,
            longitude: host.longitude,
            share: host.share,
            usable: true,
            told: `${shortKey(host.host)}, ${countryName(host.country)}: ${formatBytes(host.bytes)}`,
          }))}
        />
      </Suspense>
      <div className="card-body stack tight">
        <p>
          {label}. It is {told}
          {need ? `; any ${need} shards of a slab bring it back.` : '.'}
        </p>
        <SortTable
          label="Hosts of the file"
          rows={hosts}
          columns={hostColumns}
          keyOf={(host) => host.host}
          limit={12}
          initial={{ id: 'share', down: true }}
        />
      </div>
    </>
  );
}

function Terms({ file }: { file: FileStorage }) {
  const states = new Map(file.xorbs.map((xorb) => [xorb.hash, xorb.state]));
  const columns: Column<FileStorage['terms'][number]>[] = [
    { id: 'offset', label: 'Offset', right: true, cell: (term) => term.offset },
    { id: 'length', label: 'Length', right: true, cell: (term) => formatBytes(term.length) },
    { id: 'xorb', label: 'Xorb', cell: (term) => <Hash value={term.xorb} label="Copy the hash" /> },
    {
      id: 'chunks',
      label: 'Chunks',
      right: true,
      cell: (term) => `${term.chunkStart}–${term.chunkEnd - 1}`,
    },
    {
      id: 'state',
      label: 'State',
      cell: (term) => {
        const state = states.get(term.xorb);
        return state ? <PinChip state={state} /> : null;
      },
    },
  ];
  return (
    <details className="slab">
      <summary>
        Parts <span className="muted">{plural(file.terms.length, 'part')}, in the order of the file</span>
      </summary>
      <Table
        label="Parts of the file"
        className="terms"
        rows={file.terms.slice(0, 200)}
        columns={columns}
        keyOf={(term) => String(term.offset)}
      />
    </details>
  );
}
