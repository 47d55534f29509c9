import { useQuery } from '@tanstack/react-query';
import { FilePlus2, ScrollText } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { Link } from 'react-router';
import { send } from '@/api/client';
import { storageSummaryQuery, usageQuery } from '@/api/repos';
import { useSession } from '@/app/session';
import { useTitle } from '@/app/title';
import { openByUrl, repoParameters } from '@/formats/parameters';
import { formatBytes, formatCount, formatParameters, plural } from '@/lib/format';
import { shownTags, taskName } from '@/lib/tags';
import { editUrl, kindNames, plurals, resolveUrl, treeUrl, uploadUrl } from '@/lib/urls';
import {
  Bytes,
  ButtonLink,
  Command,
  EmptyState,
  ErrorState,
  RelativeTime,
  Skeleton,
  Sparkline,
  Tabs,
} from '@/ui';
import { useRepo, type RepoContext } from './context';
import { snippets } from './snippets';
import './card.css';

const Markdown = lazy(async () => ({ default: (await import('@/markdown')).Markdown }));

function readmeOf(repo: RepoContext): string | undefined {
  return repo.info.siblings?.find((file) => file.rfilename.toLowerCase() === 'readme.md')?.rfilename;
}

function CardText() {
  const repo = useRepo();
  const readme = readmeOf(repo);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['readme', repo.kind, repo.id, repo.info.sha],
    queryFn: async ({ signal }) =>
      (await send(resolveUrl(repo, repo.info.sha ?? repo.defaultBranch, readme ?? ''), { signal })).text(),
    enabled: readme !== undefined,
    staleTime: Infinity,
  });
  if (readme === undefined) return <NoCard />;
  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  const loading = (
    <div className="stack">
      <Skeleton width="45%" height={28} />
      <Skeleton height={90} />
      <Skeleton height={160} />
    </div>
  );
  if (isPending) return loading;
  return (
    <Suspense fallback={loading}>
      <Markdown
        text={data}
        place={{ kind: repo.kind, id: repo.id, revision: repo.defaultBranch, folder: '' }}
      />
    </Suspense>
  );
}

function NoCard() {
  const repo = useRepo();
  const { session } = useSession();
  const empty = (repo.info.siblings ?? []).every((file) => file.rfilename.startsWith('.'));
  const type = repo.kind === 'model' ? '' : ` --repo-type ${repo.kind}`;
  return (
    <EmptyState
      title={empty ? `This ${repo.kind} is empty` : `This ${repo.kind} has no card`}
      icon={<ScrollText aria-hidden="true" />}
    >
      {repo.writable ? (
        <>
          <p>{empty ? 'Put files into it:' : 'Say what it is and how to use it in a README.md.'}</p>
          <div className="row wrap">
            <ButtonLink to={editUrl(repo, repo.defaultBranch, 'README.md')}>
              <FilePlus2 /> Write a card
            </ButtonLink>
            <ButtonLink to={uploadUrl(repo, repo.defaultBranch)}>Upload files</ButtonLink>
          </div>
          {empty ? (
            <Command>{`export HF_ENDPOINT=${session.hub.endpoint}\nhf upload ${repo.id}${type} ./folder`}</Command>
          ) : null}
        </>
      ) : (
        <ButtonLink to={treeUrl(repo, repo.defaultBranch)}>See its files</ButtonLink>
      )}
    </EmptyState>
  );
}

const chipsShown = 14;

function Tags() {
  const { kind, info } = useRepo();
  const [all, setAll] = useState(false);
  const tags = shownTags(kind, info);
  const shown = all || tags.length <= chipsShown + 2 ? tags : tags.slice(0, chipsShown);
  const catalogue = `/${plurals[kind]}`;
  if (!info.pipeline_tag && !info.library_name && tags.length === 0) return null;
  return (
    <div className="row wrap card-tags">
      {info.pipeline_tag ? (
        <Link className="chip strong" to={`${catalogue}?pipeline_tag=${info.pipeline_tag}`}>
          {taskName(info.pipeline_tag)}
        </Link>
      ) : null}
      {info.library_name ? (
        <Link className="chip strong" to={`${catalogue}?library=${info.library_name}`}>
          {info.library_name}
        </Link>
      ) : null}
      {shown.map((tag) => (
        <Link key={tag.id} className="chip" to={tag.href}>
          {tag.prefix ? <span className="chip-label">{tag.prefix}</span> : null}
          <span className="truncate">{tag.label}</span>
        </Link>
      ))}
      {shown.length < tags.length ? (
        <button type="button" className="chip" onClick={() => setAll(true)}>
          {tags.length - shown.length} more
        </button>
      ) : null}
    </div>
  );
}

function Downloads() {
  const repo = useRepo();
  const { data } = useQuery(usageQuery(repo));
  const total = repo.info.downloadsAllTime ?? repo.info.downloads ?? 0;
  const days = data?.days ?? [];
  const recent = days.reduce((sum, day) => sum + day.downloads, 0);
  return (
    <section className="side-part">
      <h2>Downloads</h2>
      <div className="row between side-downloads">
        <div>
          <p className="side-figure num">{formatCount(data ? recent : total)}</p>
          <p className="muted small">{data ? `in 30 days, ${formatCount(total)} in all` : 'in all'}</p>
        </div>
        {days.length > 1 ? (
          <Sparkline
            values={days.map((day) => day.downloads)}
            label={`Downloads a day: ${days.map((day) => day.downloads).join(', ')}`}
            width={140}
            height={40}
          />
        ) : null}
      </div>
    </section>
  );
}

const dtypeTones = ['var(--accent)', 'var(--space)', 'var(--dataset)', 'var(--info)', 'var(--ink-3)'];

function Parameters() {
  const repo = useRepo();
  const files = (repo.info.siblings ?? []).map((file) => ({ path: file.rfilename, size: file.size ?? 0 }));
  const revision = repo.info.sha ?? repo.defaultBranch;
  const holds = repo.kind === 'model' && files.some((file) => /\.(safetensors|gguf)$/.test(file.path));
  const { data, isPending } = useQuery({
    queryKey: ['parameters', repo.kind, repo.id, revision],
    queryFn: async ({ signal }) =>
      (await repoParameters(
        files,
        openByUrl((path) => resolveUrl(repo, revision, path)),
        signal,
      )) ?? null,
    enabled: holds,
    staleTime: Infinity,
    retry: false,
  });
  if (!holds) return null;
  if (isPending)
    return (
      <section className="side-part">
        <h2>Parameters</h2>
        <Skeleton height={48} />
      </section>
    );
  if (!data) return null;
  return (
    <section className="side-part">
      <h2>Parameters</h2>
      <p className="side-figure num">
        {data.estimated ? '≈ ' : ''}
        {formatParameters(data.parameters)}
      </p>
      <svg className="dtype-bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        {data.dtypes.map((one, i) => {
          const before = data.dtypes.slice(0, i).reduce((sum, other) => sum + other.parameters, 0);
          const all = Math.max(1, data.parameters);
          return (
            <rect
              key={one.dtype}
              x={(before / all) * 100}
              y="0"
              width={(one.parameters / all) * 100}
              height="6"
              fill={dtypeTones[i % dtypeTones.length]}
            />
          );
        })}
      </svg>
      <ul className="row wrap small dtype-list">
        {data.dtypes.map((one, i) => (
          <li key={one.dtype} className="row">
            <svg width="8" height="8" aria-hidden="true">
              <rect width="8" height="8" rx="2" fill={dtypeTones[i % dtypeTones.length]} />
            </svg>
            {one.dtype} <span className="muted num">{formatParameters(one.parameters)}</span>
          </li>
        ))}
      </ul>
      <p className="muted small">
        Read from {data.files.length === 1 ? data.files[0] : plural(data.files.length, `${data.source} file`)}
      </p>
    </section>
  );
}

function Facts() {
  const repo = useRepo();
  const files = repo.info.siblings ?? [];
  const size = files.reduce((sum, file) => sum + (file.lfs?.size ?? file.size ?? 0), 0);
  const { data: storage } = useQuery(storageSummaryQuery(repo));
  const stored = storage ? storage.pinned + storage.local : 0;
  return (
    <section className="side-part">
      <h2>About</h2>
      <dl className="facts">
        <dt>Size</dt>
        <dd>
          <Bytes value={size} /> <span className="muted">in {plural(files.length, 'file')}</span>
        </dd>
        {storage && stored > 0 ? (
          <>
            <dt>On Sia</dt>
            <dd>
              <Link to="storage">
                {storage.pinned === 0
                  ? 'not yet'
                  : storage.local === 0
                    ? 'every byte'
                    : `${formatBytes(storage.pinned)} of ${formatBytes(stored)}`}
              </Link>
            </dd>
          </>
        ) : null}
        {storage && storage.dedupSaved > 0 ? (
          <>
            <dt>Dedup saved</dt>
            <dd>
              <Bytes value={storage.dedupSaved} />
            </dd>
          </>
        ) : null}
        <dt>Updated</dt>
        <dd>
          <RelativeTime time={repo.info.lastModified} />
        </dd>
        <dt>Created</dt>
        <dd>
          <RelativeTime time={repo.info.createdAt} />
        </dd>
      </dl>
    </section>
  );
}

function Use() {
  const repo = useRepo();
  const { session } = useSession();
  const files = repo.info.siblings?.map((file) => file.rfilename) ?? [];
  const file =
    files.find((name) => name === 'config.json') ??
    files.find((name) => !name.startsWith('.')) ??
    'README.md';
  const parts = snippets(repo, repo.info, session.hub.endpoint, file);
  return (
    <section className="side-part">
      <h2>Use this {kindNames[repo.kind].toLowerCase()}</h2>
      <Tabs
        label={`Ways to use ${repo.id}`}
        tabs={parts.map((part) => ({
          id: part.id,
          label: part.label,
          content: <Command>{part.text}</Command>,
        }))}
      />
    </section>
  );
}

export function Component() {
  const repo = useRepo();
  useTitle(repo.id);
  return (
    <div className="card-page">
      <div className="stack grow">
        <Tags />
        <article className="card card-body">
          <CardText />
        </article>
      </div>
      <aside className="card-side" aria-label="Facts">
        <Use />
        {repo.kind === 'space' ? null : <Downloads />}
        <Parameters />
        <Facts />
      </aside>
    </div>
  );
}
