import { useInfiniteQuery } from '@tanstack/react-query';
import { FolderTree } from 'lucide-react';
import { Link, useParams } from 'react-router';
import { commitsQuery } from '@/api/repos';
import type { Commit } from '@/api/types';
import { useTitle } from '@/app/title';
import { plural } from '@/lib/format';
import { commitsUrl, commitUrl, treeUrl } from '@/lib/urls';
import { Button, ButtonLink, ErrorState, Hash, RelativeTime, Seal, SkeletonRows } from '@/ui';
import { BranchMenu } from './branch-menu';
import { useRepo } from './context';
import './commits.css';

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

export function Component() {
  const repo = useRepo();
  const { revision = repo.defaultBranch } = useParams();
  useTitle(`${repo.id} commits`);
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } =
    useInfiniteQuery(commitsQuery(repo, revision));
  const commits = data?.pages.flatMap((page) => page.items) ?? [];
  const total = data?.pages[0]?.total;
  return (
    <div className="stack">
      <div className="row between">
        <BranchMenu revision={revision} to={(other) => commitsUrl(repo, other)} />
        {total ? <span className="muted small">{plural(total, 'commit')}</span> : null}
      </div>
      {error ? <ErrorState error={error} retry={() => void refetch()} /> : null}
      {isPending ? <SkeletonRows rows={6} height={56} /> : null}
      {byDay(commits).map(([name, ofDay]) => (
        <section key={name} className="stack tight">
          <h2 className="commit-day">{name}</h2>
          <ul className="commit-list">
            {ofDay.map((commit) => (
              <li key={commit.id} className="commit-row">
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
                  to={treeUrl(repo, commit.id)}
                  aria-label="Files at this commit"
                  title="Files at this commit"
                >
                  <FolderTree />
                </ButtonLink>
              </li>
            ))}
          </ul>
        </section>
      ))}
      {hasNextPage ? (
        <div className="row">
          <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {isFetchingNextPage ? 'Loading…' : 'Older commits'}
          </Button>
        </div>
      ) : null}
    </div>
  );
}
