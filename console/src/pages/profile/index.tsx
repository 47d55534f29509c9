import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Building2, Plus, Settings, UserRound } from 'lucide-react';
import { Link, useParams } from 'react-router';
import { api, ApiError } from '@/api/client';
import { listQuery } from '@/api/repos';
import type { OrgMember, OrgOverview, UserOverview } from '@/api/types';
import { mayAdminister, mayWrite, useSession } from '@/app/session';
import { useTitle } from '@/app/title';
import { plural } from '@/lib/format';
import { kinds, plurals, type RepoKind } from '@/lib/urls';
import { RepoList } from '@/parts/repo-list';
import {
  Button,
  ButtonLink,
  Chip,
  EmptyState,
  ErrorState,
  KindIcon,
  RelativeTime,
  Seal,
  Skeleton,
  SkeletonRows,
} from '@/ui';
import { NotFound } from '../not-found';
import './profile.css';

async function loadProfile(name: string): Promise<UserOverview | OrgOverview> {
  const at = encodeURIComponent(name);
  try {
    return await api<UserOverview>(`/api/users/${at}/overview`);
  } catch (problem) {
    if (!(problem instanceof ApiError) || problem.status !== 404) throw problem;
    return api<OrgOverview>(`/api/organizations/${at}/overview`);
  }
}

function Shelf({ kind, author, writable }: { kind: RepoKind; author: string; writable: boolean }) {
  const list = useInfiniteQuery(listQuery(kind, { author, sort: 'lastModified' }));
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } = list;
  const repos = data?.pages.flatMap((page) => page.items.map((repo) => ({ ...repo, kind }))) ?? [];
  if (error) return <ErrorState page error={error} />;
  if (isPending) return <SkeletonRows rows={2} height={60} />;
  if (repos.length === 0 && !(writable && kind === 'model')) return null;
  return (
    <section className="stack tight" aria-label={plurals[kind]}>
      <h2 className="row">
        <KindIcon kind={kind} /> <span className="shelf-title">{plurals[kind]}</span>
      </h2>
      {repos.length > 0 ? (
        <RepoList repos={repos} />
      ) : (
        <div className="card">
          <EmptyState title="No models yet">
            <ButtonLink to={`/new?owner=${author}`}>
              <Plus /> New model
            </ButtonLink>
          </EmptyState>
        </div>
      )}
      {hasNextPage ? (
        <div>
          <Button small busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show more {plurals[kind]}
          </Button>
        </div>
      ) : null}
    </section>
  );
}

function Members({ org }: { org: string }) {
  const { data } = useQuery({
    queryKey: ['members', org],
    queryFn: () => api<OrgMember[]>(`/api/organizations/${encodeURIComponent(org)}/members`),
    retry: false,
  });
  if (!data) return null;
  return (
    <section className="stack tight">
      <h2>Members</h2>
      <ul className="stack tight">
        {data.map((member) => (
          <li key={member.user} className="row between">
            <Link to={`/${member.user}`} className="row truncate">
              <Seal name={member.user} size={20} /> {member.user}
            </Link>
            <Chip>{member.role}</Chip>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Component() {
  const { ns = '' } = useParams();
  const { user } = useSession();
  const { data, error, isPending } = useQuery({ queryKey: ['profile', ns], queryFn: () => loadProfile(ns) });
  const name = data ? (data.type === 'org' ? data.name : data.user) : ns;
  useTitle(name);
  if (error instanceof ApiError && (error.status === 404 || error.status === 401))
    return <NotFound what={`Nobody here is called “${ns}”.`} />;
  if (error) return <ErrorState page error={error} />;
  const org = data?.type === 'org';
  const mine = mayAdminister(user, name) && (org || user?.name === name);
  return (
    <div className="page profile">
      <aside className="stack loose" aria-label="About">
        <div className="stack tight">
          <Seal name={name} size={88} />
          <h1>{data?.fullname || name}</h1>
          <p className="muted row">
            {org ? <Building2 size={15} aria-hidden="true" /> : <UserRound size={15} aria-hidden="true" />}{' '}
            {name}
          </p>
          {isPending ? <Skeleton width="70%" /> : null}
          {data?.type === 'user' ? (
            <p className="muted small">
              Here since <RelativeTime time={data.createdAt} />
            </p>
          ) : null}
          {data ? (
            <p className="small">
              {plural(data.numModels, 'model')} · {plural(data.numDatasets, 'dataset')} ·{' '}
              {plural(data.numSpaces, 'space')}
            </p>
          ) : null}
          {mine ? (
            <div className="row wrap">
              <ButtonLink small to={org ? `/settings/organizations/${name}` : '/settings'}>
                <Settings /> Settings
              </ButtonLink>
            </div>
          ) : null}
        </div>
        {data?.type === 'user' && data.orgs.length > 0 ? (
          <section className="stack tight">
            <h2>Organisations</h2>
            <ul className="stack tight">
              {data.orgs.map((one) => (
                <li key={one.name}>
                  <Link to={`/${one.name}`} className="row">
                    <Seal name={one.name} size={20} /> {one.fullname || one.name}
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        ) : null}
        {org ? <Members org={name} /> : null}
      </aside>
      <div className="stack loose">
        {kinds.map((kind) => (
          <Shelf key={kind} kind={kind} author={name} writable={mayWrite(user, name)} />
        ))}
        {data && data.numModels + data.numDatasets + data.numSpaces === 0 && !mayWrite(user, name) ? (
          <EmptyState title={`${name} has nothing public here`} />
        ) : null}
      </div>
    </div>
  );
}
