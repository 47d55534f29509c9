import { ArrowDownToLine, Heart } from 'lucide-react';
import { Link } from 'react-router';
import type { RepoInfo } from '@/api/types';
import { formatCount, pluralExact } from '@/lib/format';
import { taskName } from '@/lib/tags';
import { repoUrl, type RepoKind } from '@/lib/urls';
import { Chip, KindIcon, RelativeTime, Seal } from '@/ui';
import './repo-list.css';

function RepoRow({ kind, repo, mixed }: { kind: RepoKind; repo: RepoInfo; mixed: boolean }) {
  const [ns = '', name = ''] = repo.id.split('/');
  const license = repo.tags.find((tag) => tag.startsWith('license:'))?.slice('license:'.length);
  return (
    <li className="repo-row">
      <Seal name={ns} size={30} />
      <div className="repo-row-main">
        <Link to={repoUrl({ kind, id: repo.id })} className="repo-row-name">
          <span className="repo-row-ns">{ns}/</span>
          {name}
        </Link>
        <div className="repo-row-facts">
          {mixed ? (
            <span className="row">
              <KindIcon kind={kind} size={13} /> {kind}
            </span>
          ) : null}
          {repo.private ? <Chip tone="warn">private</Chip> : null}
          {repo.pipeline_tag ? <span>{taskName(repo.pipeline_tag)}</span> : null}
          {repo.library_name ? <span>{repo.library_name}</span> : null}
          {repo.sdk ? <span>{repo.sdk}</span> : null}
          {license ? <span>{license}</span> : null}
          <span className="repo-row-time">
            updated <RelativeTime time={repo.lastModified} />
          </span>
        </div>
      </div>
      <div className="repo-row-figures num">
        {repo.downloads === undefined ? null : (
          <span title={pluralExact(repo.downloads, 'download')}>
            <ArrowDownToLine size={13} aria-hidden="true" /> {formatCount(repo.downloads)}
            <span className="hidden-visually"> {repo.downloads === 1 ? 'download' : 'downloads'}</span>
          </span>
        )}
        {repo.likes > 0 ? (
          <span title={pluralExact(repo.likes, 'like')}>
            <Heart size={13} aria-hidden="true" /> {formatCount(repo.likes)}
            <span className="hidden-visually"> {repo.likes === 1 ? 'like' : 'likes'}</span>
          </span>
        ) : null}
      </div>
    </li>
  );
}

/** Repositories, one a line; `mixed` when they are of several kinds. */
export function RepoList({
  repos,
  mixed = false,
}: {
  repos: readonly (RepoInfo & { kind: RepoKind })[];
  mixed?: boolean;
}) {
  return (
    <ul className="repo-list">
      {repos.map((repo) => (
        <RepoRow key={`${repo.kind} ${repo.id}`} kind={repo.kind} repo={repo} mixed={mixed} />
      ))}
    </ul>
  );
}
