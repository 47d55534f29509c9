import { useInfiniteQuery } from '@tanstack/react-query';
import { File, FolderTree, History } from 'lucide-react';
import { useEffect } from 'react';
import { Link, useParams } from 'react-router';
import { ApiError } from '@/api/client';
import { commitsQuery } from '@/api/repos';
import type { Commit } from '@/api/types';
import { useTitle } from '@/app/title';
import { plural } from '@/lib/format';
import { blobUrl, commitsUrl, commitUrl, treeUrl } from '@/lib/urls';
import { Button, ButtonLink, EmptyState, ErrorState, Hash, RelativeTime, Seal, SkeletonRows } from '@/ui';
import { BranchMenu } from './branch-menu';
import { useRepo } from './context';
import { PathBar } from './path-bar';
import './commits.css';
import './files.css';

const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long' });

function byDay(commits: readonly Commit[]): [string, Commit[]][] {
  const days = new Map<string, Commit[]>();
  for (const commit of commits) {
    const name = day.format(new Date(commit.date));
    days.set(name, [...(days.get(name) ?? []), commit]);
  }
  return [...days];
}

export function CommitAuthors({ commit }: { commit: Commit }) {
  return (
    <>
      {commit.authors.map(({ user }) => (
        <Link key={user} to={`/${user}`} className="row nowrap commit-author">
          <Seal name={user} size={16} /> {user}
        </Link>
      ))}
    </>
  );
}

function CommitRow({ commit, path }: { commit: Commit; path: string }) {
  const repo = useRepo();
  const there = path ? 'This path at this commit' : 'Files at this commit';
  return (
    <li className="commit-row">
      <div className="grow">
        <Link to={commitUrl(repo, commit.id)} className="commit-title">
          {commit.title}
        </Link>
        <div className="row wrap small muted">
          <CommitAuthors commit={commit} />
          <RelativeTime time={commit.date} />
        </div>
      </div>
      <Hash value={commit.id} label="Copy the commit id" />
      <ButtonLink
        small
        icon
        tone="quiet"
        to={path ? blobUrl(repo, commit.id, path) : treeUrl(repo, commit.id)}
        aria-label={there}
        title={there}
      >
        {path ? <File /> : <FolderTree />}
      </ButtonLink>
    </li>
  );
}

function NoneFound({ revision, path }: { revision: string; path: string }) {
  const repo = useRepo();
  return (
    <div className="card">
      <EmptyState
        title={path ? 'No commit has changed this path' : 'There are no commits yet'}
        icon={<History aria-hidden="true" />}
      >
        {path ? (
          <>
            <p>
              {path} is not in the history of {revision}.
            </p>
            <ButtonLink to={commitsUrl(repo, revision)}>All commits of {revision}</ButtonLink>
          </>
        ) : null}
      </EmptyState>
    </div>
  );
}

/** The history of a branch; with a path, of that file or folder alone. */
export function Component() {
  const repo = useRepo();
  const { revision = repo.defaultBranch, '*': path = '' } = useParams();
  useTitle(path ? `History of ${path} · ${repo.id}` : `${repo.id} commits`);
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } =
    useInfiniteQuery(commitsQuery(repo, revision, { path }));
  const commits = data?.pages.flatMap((page) => page.items) ?? [];
  const total = data?.pages[0]?.total;
  // The hub looks for changes of a path in steps, and says so by a page with nothing on it.
  const searching = data?.pages.at(-1)?.items.length === 0 && hasNextPage && !error;
  useEffect(() => {
    if (searching && !isFetchingNextPage) void fetchNextPage();
  }, [searching, isFetchingNextPage, fetchNextPage]);
  const missing = path !== '' && error instanceof ApiError && error.code === 'EntryNotFound';
  const none = missing || (data !== undefined && !error && commits.length === 0 && !hasNextPage);
  return (
    <div className="stack">
      <div className="row wrap between">
        <div className="row wrap">
          <BranchMenu revision={revision} to={(other) => commitsUrl(repo, other, path)} />
          {path ? <PathBar revision={revision} path={path} last={blobUrl(repo, revision, path)} /> : null}
        </div>
        {total ? <span className="muted small">{plural(total, 'commit')}</span> : null}
      </div>
      {error && !missing ? <ErrorState error={error} retry={() => void refetch()} /> : null}
      {none ? <NoneFound revision={revision} path={path} /> : null}
      {isPending ? <SkeletonRows rows={6} height={56} /> : null}
      {byDay(commits).map(([name, ofDay]) => (
        <section key={name} className="stack tight">
          <h2 className="commit-day">{name}</h2>
          <ul className="commit-list">
            {ofDay.map((commit) => (
              <CommitRow key={commit.id} commit={commit} path={path} />
            ))}
          </ul>
        </section>
      ))}
      {searching ? (
        <p role="status" className="muted small">
          Looking further back…
        </p>
      ) : hasNextPage ? (
        <div className="row">
          <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {isFetchingNextPage ? 'Loading…' : 'Older commits'}
          </Button>
        </div>
      ) : null}
    </div>
  );
}
