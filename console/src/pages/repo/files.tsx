import { useInfiniteQuery } from '@tanstack/react-query';
import { ArrowDownToLine, CornerLeftUp, File, Folder, FolderOpen, History, Upload } from 'lucide-react';
import { Link, useParams } from 'react-router';
import { ApiError } from '@/api/client';
import { commitsQuery, treeQuery } from '@/api/repos';
import type { TreeEntry } from '@/api/types';
import { useTitle } from '@/app/title';
import { formatBytes, plural } from '@/lib/format';
import { blobUrl, commitsUrl, commitUrl, resolveUrl, treeUrl, uploadUrl } from '@/lib/urls';
import { FileDurability } from '@/parts/durability';
import {
  Button,
  ButtonLink,
  Bytes,
  Chip,
  EmptyState,
  ErrorState,
  Hash,
  RelativeTime,
  Seal,
  SkeletonRows,
  TableFrame,
} from '@/ui';
import { BranchMenu } from './branch-menu';
import { useRepo } from './context';
import { PathBar } from './path-bar';
import './files.css';

/** The state of each large file is a question of its own: not for folders of thousands. */
const statesShown = 40;

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);
const foldersFirst = (a: TreeEntry, b: TreeEntry) =>
  a.type === b.type
    ? nameOf(a.path).localeCompare(nameOf(b.path), 'en', { numeric: true })
    : a.type === 'directory'
      ? -1
      : 1;

function Row({ entry, revision, withState }: { entry: TreeEntry; revision: string; withState: boolean }) {
  const repo = useRepo();
  const folder = entry.type === 'directory';
  const name = nameOf(entry.path);
  const large = entry.lfs !== undefined;
  return (
    <tr>
      <th scope="row" className="file-name">
        <Link to={folder ? treeUrl(repo, revision, entry.path) : blobUrl(repo, revision, entry.path)}>
          {folder ? <Folder className="folder" aria-hidden="true" /> : <File aria-hidden="true" />}
          {name}
        </Link>
        {large ? (
          <Chip title={`SHA-256 ${entry.lfs?.oid ?? ''}${entry.xetHash ? `\nXet ${entry.xetHash}` : ''}`}>
            {entry.xetHash ? 'xet' : 'lfs'}
          </Chip>
        ) : null}
        {large && withState ? <FileDurability repo={repo} revision={revision} path={entry.path} /> : null}
      </th>
      <td className="file-size right">
        {folder ? null : (
          <a
            href={`${resolveUrl(repo, revision, entry.path)}?download=true`}
            aria-label={`Download ${name}, ${formatBytes(entry.lfs?.size ?? entry.size)}`}
          >
            <Bytes value={entry.lfs?.size ?? entry.size} /> <ArrowDownToLine size={13} aria-hidden="true" />
          </a>
        )}
      </td>
      <td className="file-commit">
        {entry.lastCommit ? (
          <Link to={commitUrl(repo, entry.lastCommit.id)} title={entry.lastCommit.title}>
            {entry.lastCommit.title}
          </Link>
        ) : null}
      </td>
      <td className="file-time right muted">
        {entry.lastCommit ? <RelativeTime time={entry.lastCommit.date} /> : null}
      </td>
    </tr>
  );
}

function Latest({ revision }: { revision: string }) {
  const repo = useRepo();
  const { data } = useInfiniteQuery(commitsQuery(repo, revision, { limit: 1 }));
  const commit = data?.pages[0]?.items[0];
  const total = data?.pages[0]?.total;
  if (!commit) return <div className="latest" />;
  const author = commit.authors[0]?.user;
  return (
    <div className="latest">
      {author ? (
        <Link to={`/${author}`} className="row nowrap">
          <Seal name={author} size={18} /> {author}
        </Link>
      ) : null}
      <Link to={commitUrl(repo, commit.id)} className="truncate grow latest-title">
        {commit.title}
      </Link>
      <Hash value={commit.id} label="Copy the commit id" />
      <span className="muted small">
        <RelativeTime time={commit.date} />
      </span>
      <Link to={commitsUrl(repo, revision)} className="row nowrap small">
        <History size={14} aria-hidden="true" /> {total ? plural(total, 'commit') : 'History'}
      </Link>
    </div>
  );
}

export function Component() {
  const repo = useRepo();
  const { revision = repo.defaultBranch, '*': path = '' } = useParams();
  useTitle(`${repo.id} files`);
  const tree = useInfiniteQuery(treeQuery(repo, revision, path));
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = tree;
  const entries = (data?.pages.flatMap((page) => page.items) ?? []).toSorted(foldersFirst);
  const size = entries.reduce((sum, entry) => sum + (entry.lfs?.size ?? entry.size), 0);
  const large = entries.filter((entry) => entry.lfs).length;
  const parent = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  return (
    <div className="stack">
      <div className="row wrap between">
        <div className="row wrap">
          <BranchMenu revision={revision} to={(other) => treeUrl(repo, other, path)} />
          <PathBar revision={revision} path={path} />
        </div>
        <div className="row wrap">
          {entries.length > 0 ? (
            <span className="muted small num">
              {plural(entries.length, 'entry', 'entries')}
              {hasNextPage ? ' so far' : ''} · {formatBytes(size)}
            </span>
          ) : null}
          {repo.writable ? (
            <ButtonLink to={uploadUrl(repo, revision, path)}>
              <Upload /> Add files
            </ButtonLink>
          ) : null}
        </div>
      </div>
      {error ? (
        <div className="card">
          {error instanceof ApiError && error.status === 404 ? (
            <EmptyState title="There is no such folder here" icon={<FolderOpen aria-hidden="true" />}>
              <p>{error.message}</p>
              <ButtonLink to={treeUrl(repo, repo.defaultBranch)}>
                All files of {repo.defaultBranch}
              </ButtonLink>
            </EmptyState>
          ) : (
            <ErrorState error={error} retry={() => void refetch()} />
          )}
        </div>
      ) : (
        <TableFrame label="Files" className="files">
          <Latest revision={revision} />
          {isPending ? (
            <div className="card-body">
              <SkeletonRows rows={8} height={28} />
            </div>
          ) : (
            <table className="table">
              <caption className="hidden-visually">
                Files of {repo.id} at {revision} {path}
              </caption>
              <thead className="hidden-visually">
                <tr>
                  <th scope="col">Name</th>
                  <th scope="col">Size</th>
                  <th scope="col">Last commit</th>
                  <th scope="col">Changed</th>
                </tr>
              </thead>
              <tbody>
                {path ? (
                  <tr>
                    <th scope="row" className="file-name" colSpan={4}>
                      <Link to={treeUrl(repo, revision, parent)}>
                        <CornerLeftUp aria-hidden="true" /> ..
                        <span className="hidden-visually"> the folder above</span>
                      </Link>
                    </th>
                  </tr>
                ) : null}
                {entries.map((entry) => (
                  <Row key={entry.path} entry={entry} revision={revision} withState={large <= statesShown} />
                ))}
              </tbody>
            </table>
          )}
          {!isPending && entries.length === 0 ? (
            <EmptyState title="This folder is empty" icon={<FolderOpen aria-hidden="true" />} />
          ) : null}
        </TableFrame>
      )}
      {hasNextPage ? (
        <div className="row">
          <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {isFetchingNextPage ? 'Loading…' : 'Show more files'}
          </Button>
        </div>
      ) : null}
    </div>
  );
}
