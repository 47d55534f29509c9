import { useQuery } from '@tanstack/react-query';
import { Files, GitCommitHorizontal, HardDrive, ScrollText, Settings } from 'lucide-react';
import { Link, Outlet, useLocation, useMatches, useNavigate, useParams } from 'react-router';
import { useEffect, useMemo } from 'react';
import { ApiError } from '@/api/client';
import { repoQuery } from '@/api/repos';
import { mayAdminister, mayWrite, useSession } from '@/app/session';
import { commitsUrl, plurals, repoUrl, treeUrl, type RepoKind } from '@/lib/urls';
import { Chip, CopyButton, ErrorState, KindIcon, NavTabs, Seal, Skeleton } from '@/ui';
import { NotFound } from '../not-found';
import { Repo, type RepoContext } from './context';
import './repo.css';

function useRepoOfPath() {
  const { ns = '', name = '' } = useParams();
  const kind = useMatches().find((match) => typeof match.handle === 'string')?.handle as RepoKind | undefined;
  return { kind: kind ?? 'model', ns, name, id: `${ns}/${name}` };
}

/** The head and tabs of a repository, around each of its pages. */
export function Component() {
  const { kind, ns, name, id } = useRepoOfPath();
  const { user } = useSession();
  const navigate = useNavigate();
  const place = useLocation();
  const { data, error, refetch } = useQuery(repoQuery({ kind, id }));
  // A renamed repository answers under its old name: show the address it has now.
  const renamed = data && data.id !== id ? data.id : undefined;
  useEffect(() => {
    if (!renamed) return;
    const rest = place.pathname.slice(repoUrl({ kind, id }).length);
    void navigate(repoUrl({ kind, id: renamed }) + rest + place.search, { replace: true });
  }, [renamed, kind, id, navigate, place.pathname, place.search]);
  const context = useMemo<RepoContext | null>(
    () =>
      data
        ? {
            kind,
            id: data.id,
            ns,
            name,
            info: data,
            defaultBranch: data.defaultBranch ?? 'main',
            writable: mayWrite(user, ns),
            administrable: mayAdminister(user, ns),
          }
        : null,
    [data, kind, ns, name, user],
  );
  if (error instanceof ApiError && (error.status === 404 || error.status === 401))
    return <NotFound what={`There is no ${kind} “${id}” here, or it is private and you may not see it.`} />;
  if (error) return <ErrorState page error={error} retry={() => void refetch()} />;
  const repo = { kind, id };
  const branch = context?.defaultBranch ?? 'main';
  const rest = place.pathname.slice(repoUrl(repo).length);
  const within = (...parts: string[]) => parts.some((part) => rest.startsWith(`/${part}`));
  const tabs = [
    { to: repoUrl(repo), label: 'Card', icon: <ScrollText />, end: true },
    {
      to: treeUrl(repo, branch),
      label: 'Files',
      icon: <Files />,
      active: within('tree', 'blob', 'edit', 'upload'),
    },
    {
      to: commitsUrl(repo, branch),
      label: 'Commits',
      icon: <GitCommitHorizontal />,
      active: within('commit'),
    },
    { to: `${repoUrl(repo)}/storage`, label: 'Storage', icon: <HardDrive /> },
    ...(context?.administrable
      ? [{ to: `${repoUrl(repo)}/settings`, label: 'Settings', icon: <Settings /> }]
      : []),
  ];
  return (
    <>
      <div className="repo-head">
        <div className="repo-head-in">
          <div className="row wrap">
            <Link to={`/${plurals[kind]}`} className="repo-kind" title={plurals[kind]}>
              <KindIcon kind={kind} size={20} />
            </Link>
            <h1 className="repo-title">
              <Link to={`/${ns}`} className="repo-ns">
                <Seal name={ns} size={18} /> {ns}
              </Link>
              <span className="muted">/</span>
              <Link to={repoUrl(repo)}>{name}</Link>
            </h1>
            <CopyButton text={id} label="Copy the name" />
            {data?.private ? <Chip tone="warn">private</Chip> : null}
            {data ? null : <Skeleton width={90} />}
          </div>
          <NavTabs tabs={tabs} label={`Parts of ${id}`} />
        </div>
      </div>
      <div className="page">
        {context ? <Repo value={context}>{<Outlet />}</Repo> : <Skeleton height={320} />}
      </div>
    </>
  );
}
