/** What was uploaded and downloaded: one's own, or the whole hub's for administrators. */
import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { Link, useSearchParams } from 'react-router';
import { withQuery } from '@/api/client';
import { usagePath, usageQuery, type UsageBy, type UsageRow } from '@/api/operation';
import { useSession } from '@/app/session';
import { useTitle } from '@/app/title';
import { formatBytes, formatCount } from '@/lib/format';
import { SignedInOnly } from '@/parts/admin-only';
import { DayChart } from '@/parts/day-chart';
import { Figures } from '@/parts/figures';
import { percent } from '@/parts/share-bar';
import { SortTable, type SortColumn } from '@/parts/sort-table';
import { ButtonAnchor, EmptyState, ErrorState, SkeletonRows } from '@/ui';

const spans = [7, 30, 90, 365];

export function Component() {
  useTitle('Usage');
  return (
    <div className="page stack loose">
      <SignedInOnly>
        <UsagePage />
      </SignedInOnly>
    </div>
  );
}

function useChoice() {
  const [query, setQuery] = useSearchParams();
  const { user } = useSession();
  const asked = Number(query.get('days'));
  const set = (name: string, value: string) => {
    const next = new URLSearchParams(query);
    next.set(name, value);
    setQuery(next, { replace: true, preventScrollReset: true });
  };
  const whole = (user?.isAdmin ?? false) && query.get('of') === 'hub';
  const wanted = query.get('by');
  const by: UsageBy = wanted === 'key' || (wanted === 'user' && whole) ? wanted : 'repo';
  return { days: spans.includes(asked) ? asked : 30, whole, by, set, isAdmin: user?.isAdmin ?? false };
}

function UsagePage() {
  const { days, whole, by, set, isAdmin } = useChoice();
  const { data, error, isPending, refetch } = useQuery(usageQuery(whole, days, 'day'));
  return (
    <>
      <div className="page-head">
        <div>
          <h1>Usage</h1>
          <p>{whole ? 'Of everybody on this hub.' : 'Of your keys and your sessions.'}</p>
        </div>
        <div className="row wrap">
          {isAdmin ? (
            <Choice
              label="Whose"
              options={[
                ['own', 'Mine'],
                ['hub', 'Whole hub'],
              ]}
              value={whole ? 'hub' : 'own'}
              choose={(value) => set('of', value)}
            />
          ) : null}
          <Choice
            label="How long"
            options={spans.map((span) => [String(span), span === 365 ? '1 year' : `${span} days`])}
            value={String(days)}
            choose={(value) => set('days', value)}
          />
        </div>
      </div>
      {error ? <ErrorState error={error} retry={() => void refetch()} /> : null}
      {isPending ? <SkeletonRows rows={4} height={120} /> : null}
      {data ? <Charts rows={data.rows} /> : null}
      <section className="stack" aria-label="In detail">
        <div className="section-head">
          <Choice
            label="By"
            options={[
              ['repo', 'By repository'],
              ['key', 'By key'],
              ...(whole ? [['user', 'By user'] as const] : []),
            ]}
            value={by}
            choose={(value) => set('by', value)}
          />
          <span className="row">
            <CsvLink whole={whole} days={days} by="day" label="Days as CSV" />
            <CsvLink whole={whole} days={days} by={by} label="This table as CSV" />
          </span>
        </div>
        <Detail whole={whole} days={days} by={by} />
      </section>
    </>
  );
}

function CsvLink({ whole, days, by, label }: { whole: boolean; days: number; by: UsageBy; label: string }) {
  return (
    <ButtonAnchor
      small
      href={withQuery(usagePath(whole), { days, by, format: 'csv' })}
      download={`usage-${by}-${days}-days.csv`}
    >
      <Download aria-hidden="true" /> {label}
    </ButtonAnchor>
  );
}

function Choice({
  label,
  options,
  value,
  choose,
}: {
  label: string;
  options: readonly (readonly [string, string])[];
  value: string;
  choose: (value: string) => void;
}) {
  return (
    <div className="row wrap" role="group" aria-label={label}>
      {options.map(([id, text]) => (
        <button
          key={id}
          type="button"
          className="chip"
          aria-pressed={id === value}
          onClick={() => choose(id)}
        >
          {text}
        </button>
      ))}
    </div>
  );
}

const sum = (rows: readonly UsageRow[], of: (row: UsageRow) => number | undefined) =>
  rows.reduce((total, row) => total + (of(row) ?? 0), 0);

export function Charts({ rows }: { rows: readonly UsageRow[] }) {
  const days = rows.map((row) => row.id ?? row.label);
  const values = (of: (row: UsageRow) => number | undefined) => rows.map((row) => of(row) ?? 0);
  const [bytesIn, saved] = [sum(rows, (row) => row.bytesIn), sum(rows, (row) => row.dedupSaved)];
  const [hits, misses] = [sum(rows, (row) => row.cacheHits), sum(rows, (row) => row.cacheMisses)];
  const cached = rows.some((row) => row.cacheHits !== undefined);
  return (
    <>
      <Figures
        label="In sum"
        figures={[
          { label: 'Downloads', value: formatCount(sum(rows, (row) => row.downloads)) },
          { label: 'Bytes out', value: formatBytes(sum(rows, (row) => row.bytesOut)) },
          {
            label: 'Files uploaded',
            value: formatCount(sum(rows, (row) => row.uploads)),
            note: `in ${formatCount(sum(rows, (row) => row.commits))} commits`,
          },
          { label: 'Bytes in', value: formatBytes(bytesIn) },
          {
            label: 'Saved by dedup',
            value: formatBytes(saved),
            note: `${percent(saved, saved + bytesIn)} need not be sent`,
          },
          ...(cached
            ? [
                {
                  label: 'Cache hits',
                  value: percent(hits, hits + misses),
                  note: `${formatCount(hits + misses)} reads of what is on Sia`,
                },
              ]
            : []),
        ]}
      />
      <h2 className="hidden-visually">Day by day</h2>
      <div className="charts">
        <DayChart
          title="Downloads"
          days={days}
          series={[{ label: 'Downloads', values: values((row) => row.downloads) }]}
          format={formatCount}
        />
        <DayChart
          title="Uploads"
          days={days}
          series={[
            { label: 'Files', values: values((row) => row.uploads) },
            { label: 'Commits', values: values((row) => row.commits) },
          ]}
          format={formatCount}
        />
        <DayChart
          title="Bytes"
          days={days}
          series={[
            { label: 'Out', values: values((row) => row.bytesOut) },
            { label: 'In', values: values((row) => row.bytesIn) },
            { label: 'Saved by dedup', values: values((row) => row.dedupSaved) },
          ]}
          format={formatBytes}
        />
        {cached ? (
          <DayChart
            title="Reads from Sia"
            days={days}
            series={[
              { label: 'From a cache', values: values((row) => row.cacheHits) },
              { label: 'From hosts', values: values((row) => row.cacheMisses) },
            ]}
            format={formatCount}
          />
        ) : null}
      </div>
    </>
  );
}

const numbers: SortColumn<UsageRow>[] = [
  {
    id: 'downloads',
    label: 'Downloads',
    right: true,
    down: true,
    cell: (row) => formatCount(row.downloads),
    by: (row) => row.downloads,
  },
  {
    id: 'bytesOut',
    label: 'Bytes out',
    right: true,
    down: true,
    cell: (row) => formatBytes(row.bytesOut),
    by: (row) => row.bytesOut,
  },
  {
    id: 'uploads',
    label: 'Files up',
    right: true,
    down: true,
    cell: (row) => formatCount(row.uploads),
    by: (row) => row.uploads,
  },
  {
    id: 'commits',
    label: 'Commits',
    right: true,
    down: true,
    cell: (row) => formatCount(row.commits),
    by: (row) => row.commits,
  },
  {
    id: 'bytesIn',
    label: 'Bytes in',
    right: true,
    down: true,
    cell: (row) => formatBytes(row.bytesIn),
    by: (row) => row.bytesIn,
  },
  {
    id: 'dedupSaved',
    label: 'Saved',
    right: true,
    down: true,
    cell: (row) => formatBytes(row.dedupSaved),
    by: (row) => row.dedupSaved,
  },
];
const heads = { repo: 'Repository', key: 'Key', user: 'User', day: 'Day' };

function Detail({ whole, days, by }: { whole: boolean; days: number; by: UsageBy }) {
  const { data, error, isPending, refetch } = useQuery(usageQuery(whole, days, by));
  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  if (isPending) return <SkeletonRows rows={5} height={36} />;
  if (data.rows.length === 0)
    return (
      <div className="card">
        <EmptyState title="Nothing was done in this time">
          <p>Uploads and downloads with your keys are counted here from the next one on.</p>
        </EmptyState>
      </div>
    );
  const name: SortColumn<UsageRow> = {
    id: 'label',
    label: heads[by],
    cell: (row) => <Name row={row} by={by} />,
    by: (row) => row.label,
  };
  return (
    <SortTable
      label={`Usage by ${by}`}
      rows={data.rows}
      columns={[name, ...numbers]}
      keyOf={(row) => row.id ?? row.label}
      initial={{ id: 'bytesOut', down: true }}
    />
  );
}

function Name({ row, by }: { row: UsageRow; by: UsageBy }) {
  if (row.id === null) return <span className="muted">{row.label || 'other'}</span>;
  if (by === 'repo')
    return <Link to={`/${row.id.replace(/^models\//, '')}`}>{row.id.replace(/^models\//, '')}</Link>;
  if (by === 'user') return <Link to={`/${row.id}`}>{row.label}</Link>;
  return row.label;
}
