import { Fragment } from 'react';
import { Link } from 'react-router';
import { treeUrl } from '@/lib/urls';
import { CopyButton } from '@/ui';
import { useRepo } from './context';

/** name / folder / file, each a link; the last only to another page than this one. */
export function PathBar({ revision, path, last }: { revision: string; path: string; last?: string }) {
  const repo = useRepo();
  const parts = path ? path.split('/') : [];
  return (
    <nav aria-label="Path" className="path-bar">
      {parts.length === 0 ? <b>{repo.name}</b> : <Link to={treeUrl(repo, revision)}>{repo.name}</Link>}
      {parts.map((part, i) => (
        <Fragment key={i}>
          <span className="muted" aria-hidden="true">
            /
          </span>
          {i < parts.length - 1 ? (
            <Link to={treeUrl(repo, revision, parts.slice(0, i + 1).join('/'))}>{part}</Link>
          ) : last ? (
            <Link to={last}>
              <b>{part}</b>
            </Link>
          ) : (
            <b aria-current="page">{part}</b>
          )}
        </Fragment>
      ))}
      {path ? <CopyButton text={path} label="Copy the path" /> : null}
    </nav>
  );
}
