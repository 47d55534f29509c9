/** Where the bytes of a repository lie, of all its revisions; and of one file, down to the hosts. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { useSearchParams } from 'react-router';
import { repoStorageQuery, repoUsageQuery, type RepoStorage } from '@/api/operation';
import { useSession } from '@/app/session';
import { useTitle } from '@/app/title';
import { formatBytes, formatCount, formatExact, plural } from '@/lib/format';
import { useRepo } from '@/pages/repo/context';
import { DayChart } from '@/parts/day-chart';
import { Figures } from '@/parts/figures';
import { Paged } from '@/parts/paged';
import { percent, ShareBar } from '@/parts/share-bar';
import { XorbTable } from '@/parts/xorbs';
import { EmptyState, ErrorState, SkeletonRows } from '@/ui';
import { FilePlaces } from './file-places';

export function Component() {
  const repo = useRepo();
  useTitle(`Storage of ${repo.id}`);
  const list = useInfiniteQuery(repoStorageQuery(repo));
  const { user } = useSession();
  const first = list.data?.pages[0];
  if (!first && list.error) return <ErrorState error={list.error} retry={() => void list.refetch()} />;
  if (!first) return <SkeletonRows rows={6} height={60} />;
  return (
    <div className="stack loose">
      <Summary storage={first} />
      <FileChooser />
      <section className="stack" aria-label="Xorbs">
        <div className="section-head">
          <h2>
            Xorbs <span className="muted num">{formatExact(first.summary.xorbs)}</span>
          </h2>
          <p className="muted small">
            {first.inline.files > 0
              ? `${plural(first.inline.files, 'small file')} (${formatBytes(first.inline.bytes)}) lie in the database and need no xorb.`
              : 'Files are cut into chunks; chunks lie in xorbs, each once, however many files have them.'}
          </p>
        </div>
        <Paged
          list={list}
          itemsOf={(page) => page.xorbs}
          until={{ rows: 6, height: 60 }}
          empty={
            <EmptyState title="No xorbs">
              <p>This repository has no large files: what it holds lies in the database.</p>
            </EmptyState>
          }
        >
          {(xorbs) => (
            <XorbTable xorbs={xorbs} label={`Xorbs of ${repo.id}`} admin={user?.isAdmin ?? false} />
          )}
        </Paged>
      </section>
      <Traffic />
    </div>
  );
}

function Summary({ storage: { summary, inline } }: { storage: RepoStorage }) {
  return (
    <section className="stack" aria-label="In sum">
      <Figures
        label="In sum"
        figures={[
          { label: 'Files', value: formatExact(summary.files), note: 'different contents, of all revisions' },
          { label: 'Bytes', value: formatBytes(summary.bytes), note: 'as they are downloaded' },
          {
            label: 'Stored',
            value: formatBytes(summary.storedBytes + inline.bytes),
            note: 'deduplicated and compressed',
          },
          {
            label: 'Saved by dedup',
            value: formatBytes(summary.dedupSaved),
            note: percent(summary.dedupSaved, summary.bytes),
          },
          { label: 'Shared', value: formatBytes(summary.sharedBytes), note: 'with other repositories' },
          {
            label: 'On Sia',
            value: percent(summary.pinned, summary.storedBytes),
            note: formatBytes(summary.pinned),
          },
        ]}
      />
      {summary.storedBytes + inline.bytes > 0 ? (
        <ShareBar
          label="Where the stored bytes are"
          parts={[
            { label: 'on Sia', bytes: summary.pinned, tone: 'good' },
            { label: 'on the hub’s disk alone', bytes: summary.local, tone: 'warn' },
            { label: 'in the database', bytes: inline.bytes, tone: 'plain' },
          ]}
        />
      ) : null}
    </section>
  );
}

function FileChooser() {
  const repo = useRepo();
  const id = useId();
  const [query, setQuery] = useSearchParams();
  const files = repo.info.siblings ?? [];
  const chosen = query.get('file') ?? '';
  const revision = query.get('revision') ?? repo.defaultBranch;
  if (files.length === 0) return null;
  const choose = (path: string) => {
    const next = new URLSearchParams(query);
    if (path) next.set('file', path);
    else next.delete('file');
    setQuery(next, { replace: true, preventScrollReset: true });
  };
  return (
    <section className="stack" aria-label="One file">
      <div className="section-head">
        <h2>Which hosts hold this file</h2>
        <div className="field chooser">
          <label htmlFor={id} className="hidden-visually">
            File
          </label>
          <select id={id} className="input" value={chosen} onChange={(event) => choose(event.target.value)}>
            <option value="">Choose a file…</option>
            {chosen && !files.some((file) => file.rfilename === chosen) ? (
              <option value={chosen}>{chosen}</option>
            ) : null}
            {files.slice(0, 2000).map((file) => (
              <option key={file.rfilename} value={file.rfilename}>
                {file.rfilename}
              </option>
            ))}
          </select>
        </div>
      </div>
      {chosen ? <FilePlaces repo={repo} revision={revision} path={chosen} /> : null}
    </section>
  );
}

function Traffic() {
  const repo = useRepo();
  const { data } = useQuery(repoUsageQuery(repo, 30));
  if (!data || data.days.length === 0) return null;
  const days = data.days.map(({ date }) => date);
  return (
    <section className="stack" aria-label="Traffic">
      <h2>The last 30 days</h2>
      <div className="charts">
        <DayChart
          title="Downloads"
          days={days}
          series={[{ label: 'Downloads', values: data.days.map(({ downloads }) => downloads) }]}
          format={formatCount}
        />
        <DayChart
          title="Bytes"
          days={days}
          series={[
            { label: 'Out', values: data.days.map(({ bytesOut }) => bytesOut) },
            { label: 'In', values: data.days.map(({ bytesIn }) => bytesIn) },
          ]}
          format={formatBytes}
        />
      </div>
    </section>
  );
}
