import { useQuery } from '@tanstack/react-query';
import { FileDiff, FolderTree } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Link, useParams } from 'react-router';
import { changesQuery } from '@/api/repos';
import type { ChangedFile, Changes } from '@/api/types';
import { useTitle } from '@/app/title';
import { countChanges, parseDiff } from '@/lib/diff';
import { formatBytes, formatExact, plural } from '@/lib/format';
import { blobUrl, commitUrl, treeUrl } from '@/lib/urls';
import { Button, ButtonLink, Chip, EmptyState, ErrorState, Hash, RelativeTime, SkeletonRows } from '@/ui';
import { CommitAuthors } from './commits';
import { useRepo } from './context';
import './commits.css';

const tones = { added: 'good', modified: 'info', deleted: 'bad' } as const;
const longestShown = 400;

function sizes({ oldSize, newSize }: ChangedFile): string {
  if (oldSize === null) return newSize === null ? '' : formatBytes(newSize);
  if (newSize === null) return formatBytes(oldSize);
  return oldSize === newSize ? formatBytes(newSize) : `${formatBytes(oldSize)} → ${formatBytes(newSize)}`;
}

/** Of a large file: which part of it the hub did not have yet. */
function Chunks({ chunks, size }: { chunks: NonNullable<ChangedFile['chunks']>; size: number }) {
  const share = size > 0 ? Math.min(1, chunks.newBytes / size) : 0;
  return (
    <div className="chunks">
      <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        <rect width="100" height="10" fill="var(--sunken)" />
        <rect width={share * 100} height="10" fill="var(--accent)" />
      </svg>
      <span>
        <b>
          {formatExact(chunks.new)} of {plural(chunks.total, 'chunk')}
        </b>{' '}
        and <b>{formatBytes(chunks.newBytes)}</b> were new; the rest was here already.
      </span>
    </div>
  );
}

function Diff({ text }: { text: string }) {
  const lines = useMemo(() => parseDiff(text), [text]);
  const [all, setAll] = useState(lines.length <= longestShown);
  const shown = all ? lines : lines.slice(0, longestShown);
  return (
    <>
      {/* Scrolls sideways, so the keyboard has to reach it. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="diff" tabIndex={0} role="group" aria-label="Difference">
        <table>
          <tbody>
            {shown.map((line, i) => (
              <tr key={i} className={line.kind}>
                {line.kind === 'range' ? (
                  <td colSpan={3}>{line.text}</td>
                ) : (
                  <>
                    <td className="line-number">{line.old}</td>
                    <td className="line-number">{line.new}</td>
                    <td>
                      <span aria-hidden="true">
                        {line.kind === 'added' ? '+ ' : line.kind === 'removed' ? '- ' : '  '}
                      </span>
                      <span className="hidden-visually">
                        {line.kind === 'added' ? 'added: ' : line.kind === 'removed' ? 'removed: ' : ''}
                      </span>
                      {line.text}
                    </td>
                  </>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {all ? null : (
        <div className="card-body">
          <Button small onClick={() => setAll(true)}>
            Show all {formatExact(lines.length)} lines
          </Button>
        </div>
      )}
    </>
  );
}

function Change({ file, changes }: { file: ChangedFile; changes: Changes }) {
  const repo = useRepo();
  const counts = useMemo(() => (file.diff === null ? null : countChanges(parseDiff(file.diff))), [file.diff]);
  const at = file.status === 'deleted' ? (changes.parent ?? changes.commit.id) : changes.commit.id;
  return (
    <section className="card" aria-label={file.path}>
      <div className="change-head">
        <Chip tone={tones[file.status]}>{file.status}</Chip>
        <Link to={blobUrl(repo, at, file.path)}>{file.path}</Link>
        {file.lfs ? <Chip>xet</Chip> : null}
        <span className="change-sizes num">
          {counts ? (
            <>
              <span className="plus">+{formatExact(counts.added)}</span>{' '}
              <span className="minus">−{formatExact(counts.removed)}</span>{' '}
            </>
          ) : null}
          {sizes(file)}
        </span>
      </div>
      {file.chunks ? <Chunks chunks={file.chunks} size={file.newSize ?? 0} /> : null}
      {file.diff ? <Diff text={file.diff} /> : null}
      {!file.diff && !file.chunks && file.binary ? (
        <p className="card-body muted small">Not text: {sizes(file)}.</p>
      ) : null}
    </section>
  );
}

export function Component() {
  const repo = useRepo();
  const { id = '' } = useParams();
  const { data, error, isPending, refetch } = useQuery(changesQuery(repo, id));
  useTitle(`${data?.commit.title ?? id.slice(0, 8)} · ${repo.id}`);
  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  if (isPending) return <SkeletonRows rows={5} height={80} />;
  if (!data)
    return (
      <EmptyState title="This commit is not here" icon={<FileDiff aria-hidden="true" />}>
        <ButtonLink to={treeUrl(repo, id)}>Files at this commit</ButtonLink>
      </EmptyState>
    );
  return (
    <div className="stack">
      <div className="card commit-head">
        <div className="row wrap between">
          <h2>{data.commit.title}</h2>
          <ButtonLink small to={treeUrl(repo, data.commit.id)}>
            <FolderTree /> Files at this commit
          </ButtonLink>
        </div>
        {data.commit.message ? <p className="commit-message">{data.commit.message}</p> : null}
        <div className="row wrap small muted">
          <CommitAuthors commit={data.commit} />
          <RelativeTime time={data.commit.date} />
          <span className="row nowrap">
            commit <Hash value={data.commit.id} label="Copy the commit id" />
          </span>
          {data.parent ? (
            <Link to={commitUrl(repo, data.parent)}>
              parent <code>{data.parent.slice(0, 8)}</code>
            </Link>
          ) : (
            <span>the first commit</span>
          )}
        </div>
      </div>
      <p className="muted small">
        {plural(data.files.length, 'file')} changed{data.truncated ? '; there are more than are shown' : ''}
      </p>
      {data.files.map((file) => (
        <Change key={file.path} file={file} changes={data} />
      ))}
    </div>
  );
}
