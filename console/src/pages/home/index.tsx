import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Search } from 'lucide-react';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { listQuery, statsQuery } from '@/api/repos';
import { useSession } from '@/app/session';
import { useTitle } from '@/app/title';
import { formatBytes, formatCount, plural } from '@/lib/format';
import { plurals, type RepoKind } from '@/lib/urls';
import { CountedAt } from '@/parts/counted-at';
import { RepoList } from '@/parts/repo-list';
import { Button, ButtonLink, Command, EmptyState, Notice, Skeleton, SkeletonRows } from '@/ui';
import './home.css';

/** What the hub does, drawn: ten data shards and twenty parity shards, any ten of which bring a slab back. */
function Lattice() {
  const rows = 5;
  const columns = 12;
  return (
    <svg className="lattice" viewBox={`0 0 ${columns * 10 - 2} ${rows * 10 - 2}`} aria-hidden="true">
      {Array.from({ length: rows * columns }, (_, i) => {
        const seed = Math.imul(i + 11, 2654435761) >>> 0;
        const tone = seed % 7 < 2 ? 'data' : seed % 7 < 5 ? 'parity' : 'away';
        return (
          <rect
            key={i}
            className={tone}
            x={(i % columns) * 10}
            y={Math.floor(i / columns) * 10}
            width="8"
            height="8"
            rx="1.6"
          />
        );
      })}
    </svg>
  );
}

function Figures() {
  const { data, isPending } = useQuery({ ...statsQuery, refetchInterval: 30_000 });
  if (isPending) return <Skeleton height={112} />;
  if (!data) return null;
  const figures: [string, string, string?][] = [
    ['Models', formatCount(data.models)],
    ['Datasets', formatCount(data.datasets)],
    ['Spaces', formatCount(data.spaces)],
    [
      'Stored',
      formatBytes(data.bytes),
      data.dedupSaved > 0 ? `${formatBytes(data.dedupSaved)} saved by dedup` : undefined,
    ],
    [
      'On Sia',
      formatBytes(data.pinnedBytes),
      data.hosts === null ? 'not connected' : `on ${plural(data.hosts, 'host')}`,
    ],
    ['Today', formatCount(data.downloadsToday), `downloads · ${plural(data.uploadsToday, 'upload')}`],
  ];
  return (
    <div className="stack tight">
      <dl className="figures">
        {figures.map(([label, value, more]) => (
          <div key={label} className="figure">
            <dt>{label}</dt>
            <dd>
              {value}
              {more ? <small>{more}</small> : null}
            </dd>
          </div>
        ))}
      </dl>
      <CountedAt time={data.updatedAt} />
    </div>
  );
}

function SearchForm() {
  const [text, setText] = useState('');
  const navigate = useNavigate();
  return (
    <form
      role="search"
      className="home-search"
      aria-label="Models"
      onSubmit={(event) => {
        event.preventDefault();
        void navigate(text.trim() ? `/models?search=${encodeURIComponent(text.trim())}` : '/models');
      }}
    >
      <Search aria-hidden="true" size={17} />
      <input
        className="input"
        type="search"
        aria-label="Search models"
        placeholder="A model, a task, a name…"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <Button tone="primary" type="submit">
        Search
      </Button>
    </form>
  );
}

function Shelf({ kind, sort, title, to }: { kind: RepoKind; sort: string; title: string; to: string }) {
  const { data, isPending } = useInfiniteQuery(listQuery(kind, { sort, limit: 6 }));
  const repos = data?.pages[0]?.items.slice(0, 6).map((repo) => ({ ...repo, kind })) ?? [];
  return (
    <section className="stack tight" aria-label={title}>
      <div className="row between">
        <h2>{title}</h2>
        <Link to={to} className="small">
          All {plurals[kind]}
        </Link>
      </div>
      {isPending ? <SkeletonRows rows={6} height={60} /> : null}
      {repos.length > 0 ? <RepoList repos={repos} /> : null}
      {data && repos.length === 0 ? (
        <div className="card">
          <EmptyState title={`No ${plurals[kind]} yet`}>
            <p>The second command above makes the first one.</p>
          </EmptyState>
        </div>
      ) : null}
    </section>
  );
}

export function Component() {
  useTitle(undefined);
  const { session, user } = useSession();
  const endpoint = session.hub.endpoint;
  const owner = user?.name ?? 'me';
  const onSia = typeof useQuery(statsQuery).data?.hosts === 'number';
  const place = onSia
    ? 'its bytes encrypted and spread over independent hosts of the Sia network'
    : 'every byte once, checked on its way in, on a disk of yours';
  return (
    <>
      <section className="hero">
        <div className="hero-in">
          <div className="stack">
            <h1>Models and datasets, on storage that is yours.</h1>
            <p className="hero-line">
              This hub speaks to the Hugging Face tools you already use, and keeps {place}.
            </p>
            <SearchForm />
          </div>
          <Lattice />
        </div>
      </section>
      <div className="page stack loose">
        {session.setupNeeded ? (
          <Notice tone="warn">
            This hub has no administrator yet. Open the set-up link that it printed when it started.
          </Notice>
        ) : null}
        <Figures />
        <section className="home-commands" aria-label="Start here">
          <div className="stack tight">
            <h2>Download from here</h2>
            <Command>{`export HF_ENDPOINT=${endpoint}\nhf download ${owner}/my-model`}</Command>
          </div>
          <div className="stack tight">
            <div className="row between">
              <h2>Upload to here</h2>
              {user ? (
                <Link to="/settings/tokens" className="small">
                  Make a key
                </Link>
              ) : null}
            </div>
            <Command>{`export HF_ENDPOINT=${endpoint} HF_TOKEN=hf_…\nhf upload ${owner}/my-model ./my-model`}</Command>
          </div>
        </section>
        <div className="shelves">
          <Shelf kind="model" sort="lastModified" title="Newest models" to="/models" />
          <Shelf kind="model" sort="downloads" title="Most used models" to="/models?sort=downloads" />
          <Shelf kind="dataset" sort="lastModified" title="Newest datasets" to="/datasets" />
          <Shelf kind="space" sort="lastModified" title="Newest spaces" to="/spaces" />
        </div>
        {user ? null : (
          <p className="muted row wrap">
            Private repositories and uploads need an account.
            <ButtonLink small to="/login">
              Sign in
            </ButtonLink>
          </p>
        )}
      </div>
    </>
  );
}
