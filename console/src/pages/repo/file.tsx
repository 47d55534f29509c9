import { useQuery } from '@tanstack/react-query';
import { ArrowDownToLine, Code, FileQuestion, History, Pencil } from 'lucide-react';
import { Link, Navigate, useParams } from 'react-router';
import { ApiError } from '@/api/client';
import { pathQuery } from '@/api/repos';
import { useTitle } from '@/app/title';
import { blobUrl, commitsUrl, commitUrl, editUrl, rawUrl, resolveUrl, treeUrl } from '@/lib/urls';
import { FileDurability } from '@/parts/durability';
import {
  ButtonAnchor,
  ButtonLink,
  Bytes,
  Chip,
  CopyButton,
  EmptyState,
  ErrorState,
  RelativeTime,
  Skeleton,
} from '@/ui';
import { FileViewer } from '@/viewers';
import { BranchMenu } from './branch-menu';
import { useRepo } from './context';
import { PathBar } from './path-bar';
import './files.css';

const largestEdited = 1_000_000;

export function Component() {
  const repo = useRepo();
  const { revision = repo.defaultBranch, '*': path = '' } = useParams();
  useTitle(`${path} · ${repo.id}`);
  const { data: entry, error, isPending, refetch } = useQuery(pathQuery(repo, revision, path));
  if (entry?.type === 'directory') return <Navigate to={treeUrl(repo, revision, path)} replace />;
  const missing = entry === null || (error instanceof ApiError && error.status === 404);
  const size = entry ? (entry.lfs?.size ?? entry.size) : 0;
  const address = resolveUrl(repo, revision, path);
  return (
    <div className="stack">
      <div className="row wrap between">
        <div className="row wrap">
          <BranchMenu revision={revision} to={(other) => blobUrl(repo, other, path)} />
          <PathBar revision={revision} path={path} />
        </div>
        {entry ? (
          <div className="row wrap">
            <ButtonLink small tone="quiet" to={commitsUrl(repo, revision, path)}>
              <History /> History
            </ButtonLink>
            {repo.writable && !entry.lfs && size <= largestEdited ? (
              <ButtonLink small to={editUrl(repo, revision, path)}>
                <Pencil /> Edit
              </ButtonLink>
            ) : null}
            <ButtonAnchor small href={rawUrl(repo, revision, path)}>
              <Code /> Raw
            </ButtonAnchor>
            <ButtonAnchor small tone="primary" href={`${address}?download=true`}>
              <ArrowDownToLine /> Download
            </ButtonAnchor>
          </div>
        ) : null}
      </div>
      {missing ? (
        <div className="card">
          <EmptyState title="There is no such file here" icon={<FileQuestion aria-hidden="true" />}>
            <p>
              {path} is not in {revision}.
            </p>
            <ButtonLink to={treeUrl(repo, revision)}>All files of {revision}</ButtonLink>
          </EmptyState>
        </div>
      ) : error ? (
        <ErrorState error={error} retry={() => void refetch()} />
      ) : isPending ? (
        <Skeleton height={420} />
      ) : (
        <div className="card">
          <div className="file-head">
            <div className="row wrap">
              <Bytes value={size} />
              {entry.lfs ? <Chip>{entry.xetHash ? 'xet' : 'lfs'}</Chip> : null}
              {entry.lfs ? <FileDurability repo={repo} revision={revision} path={path} words /> : null}
              {entry.lastCommit ? (
                <span className="muted file-last">
                  <Link to={commitUrl(repo, entry.lastCommit.id)}>{entry.lastCommit.title}</Link>,{' '}
                  <RelativeTime time={entry.lastCommit.date} />
                </span>
              ) : null}
            </div>
            <span className="row nowrap">
              <span className="muted">{entry.lfs ? 'sha256' : 'git'}</span>
              <code title={entry.lfs?.oid ?? entry.oid}>{(entry.lfs?.oid ?? entry.oid).slice(0, 12)}</code>
              <CopyButton text={entry.lfs?.oid ?? entry.oid} label="Copy the hash" />
            </span>
          </div>
          <div className="file-view">
            <FileViewer
              key={`${revision} ${path}`}
              file={{
                repo: repo.id,
                kind: repo.kind,
                revision,
                path,
                size,
                lfs: entry.lfs ?? null,
                xetHash: entry.xetHash ?? null,
                resolveUrl: address,
              }}
            />
          </div>
        </div>
      )}
    </div>
  );
}
