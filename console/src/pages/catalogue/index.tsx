import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Search, SlidersHorizontal, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useLocation, useSearchParams } from 'react-router';
import { listQuery, tagsQuery } from '@/api/repos';
import type { TagEntry } from '@/api/types';
import { useSession } from '@/app/session';
import { useTitle } from '@/app/title';
import { useDebounced } from '@/lib/hooks';
import { formatCount } from '@/lib/format';
import { facets, languageName, shownTag, taskName, type Facet } from '@/lib/tags';
import { plurals, type RepoKind } from '@/lib/urls';
import { RepoList } from '@/parts/repo-list';
import { Button, Command, Dialog, EmptyState, ErrorState, KindIcon, SkeletonRows } from '@/ui';
import './catalogue.css';

const sorts = [
  ['lastModified', 'Recently updated'],
  ['createdAt', 'Newest'],
  ['downloads', 'Most downloads'],
  ['likes', 'Most likes'],
] as const;
const usualSort = 'lastModified';

const durabilities = [
  ['', 'Anywhere'],
  ['pinned', 'Fully on Sia'],
  ['local', 'Not yet on Sia'],
] as const;

const titles = { model: 'Models', dataset: 'Datasets', space: 'Spaces' };

function useKind(): RepoKind {
  const path = useLocation().pathname;
  return path.startsWith('/datasets') ? 'dataset' : path.startsWith('/spaces') ? 'space' : 'model';
}

function labelOf(facet: Facet, tag: { id: string; label: string }): string {
  if (facet.parameter === 'pipeline_tag') return taskName(tag.label);
  if (facet.parameter === 'language') return languageName(tag.label) ?? tag.label;
  return tag.label;
}

const shownFirst = 8;

function FacetGroup({
  facet,
  tags,
  chosen,
  toggle,
}: {
  facet: Facet;
  tags: readonly TagEntry[];
  chosen: readonly string[];
  toggle: (parameter: string, id: string) => void;
}) {
  const [all, setAll] = useState(false);
  const [text, setText] = useState('');
  const matching = tags.filter((tag) => labelOf(facet, tag).toLowerCase().includes(text.toLowerCase()));
  const shown = all ? matching : matching.slice(0, shownFirst);
  if (tags.length === 0) return null;
  return (
    <fieldset className="facet">
      <legend>{facet.label}</legend>
      {all && tags.length > 20 ? (
        <input
          className="input"
          type="search"
          aria-label={`Search in ${facet.label}`}
          placeholder="Search"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      ) : null}
      <div className="facet-tags">
        {shown.map((tag) => (
          <button
            key={tag.id}
            type="button"
            className="chip"
            aria-pressed={chosen.includes(tag.id)}
            onClick={() => toggle(facet.parameter, tag.id)}
          >
            <span className="truncate">{labelOf(facet, tag)}</span>
            <span className="chip-label num">{formatCount(tag.count)}</span>
          </button>
        ))}
        {matching.length > shownFirst ? (
          <button type="button" className="chip more" onClick={() => setAll(!all)}>
            {all ? 'fewer' : `${matching.length - shownFirst} more`}
          </button>
        ) : null}
      </div>
    </fieldset>
  );
}

function Filters({
  kind,
  params,
  toggle,
  set,
}: {
  kind: RepoKind;
  params: URLSearchParams;
  toggle: (parameter: string, id: string) => void;
  set: (parameter: string, value: string) => void;
}) {
  const { data: tags, isPending } = useQuery(tagsQuery(kind));
  return (
    <div className="facets">
      {isPending ? <SkeletonRows rows={4} height={72} /> : null}
      {facets.map((facet) => (
        <FacetGroup
          key={facet.parameter}
          facet={facet}
          tags={tags?.[facet.parameter] ?? []}
          chosen={params.getAll(facet.parameter)}
          toggle={toggle}
        />
      ))}
      <fieldset className="facet">
        <legend>Where its bytes are</legend>
        <div className="facet-tags">
          {durabilities.map(([id, label]) => (
            <button
              key={id}
              type="button"
              className="chip"
              aria-pressed={(params.get('durability') ?? '') === id}
              onClick={() => set('durability', id)}
            >
              {label}
            </button>
          ))}
        </div>
      </fieldset>
    </div>
  );
}

function Chosen({
  kind,
  params,
  toggle,
  set,
  clear,
}: {
  kind: RepoKind;
  params: URLSearchParams;
  toggle: (parameter: string, id: string) => void;
  set: (parameter: string, value: string) => void;
  clear: () => void;
}) {
  const chosen = facets.flatMap((facet) => params.getAll(facet.parameter).map((id) => ({ facet, id })));
  const author = params.get('author');
  const place = durabilities.find(([id]) => id !== '' && id === params.get('durability'))?.[1];
  if (chosen.length === 0 && !author && !place) return null;
  return (
    <div className="row wrap">
      {chosen.map(({ facet, id }) => {
        const label = facet.parameter === 'pipeline_tag' ? taskName(id) : shownTag(kind, id).label;
        return (
          <button
            key={`${facet.parameter}=${id}`}
            type="button"
            className="chip"
            onClick={() => toggle(facet.parameter, id)}
            aria-label={`Remove the filter ${label}`}
          >
            <span className="chip-label">{facet.label}</span> {label} <X />
          </button>
        );
      })}
      {place ? (
        <button
          type="button"
          className="chip"
          onClick={() => set('durability', '')}
          aria-label={`Remove the filter ${place}`}
        >
          {place} <X />
        </button>
      ) : null}
      {author ? (
        <button
          type="button"
          className="chip"
          onClick={() => set('author', '')}
          aria-label={`Remove the filter by ${author}`}
        >
          <span className="chip-label">By</span> {author} <X />
        </button>
      ) : null}
      <Button tone="quiet" small onClick={clear}>
        Clear all
      </Button>
    </div>
  );
}

function Nothing({ kind, filtered, clear }: { kind: RepoKind; filtered: boolean; clear: () => void }) {
  const { session } = useSession();
  if (filtered)
    return (
      <EmptyState title={`No ${plurals[kind]} match`}>
        <p>Fewer filters or other words may find more.</p>
        <Button onClick={clear}>Clear search and filters</Button>
      </EmptyState>
    );
  const type = kind === 'model' ? '' : ` --repo-type ${kind}`;
  return (
    <EmptyState title={`There are no ${plurals[kind]} here yet`} icon={<KindIcon kind={kind} size={28} />}>
      <p>Upload a folder to make the first one:</p>
      <Command>{`HF_ENDPOINT=${session.hub.endpoint} hf upload${type} me/my-${kind} ./my-${kind}`}</Command>
    </EmptyState>
  );
}

export function Component() {
  const kind = useKind();
  return <Catalogue key={kind} kind={kind} />;
}

function Catalogue({ kind }: { kind: RepoKind }) {
  useTitle(titles[kind]);
  const [params, setParams] = useSearchParams();
  const [text, setText] = useState(params.get('search') ?? '');
  const [filtersOpen, setFiltersOpen] = useState(false);
  const wantedText = useDebounced(text.trim(), 200);

  const change = (act: (next: URLSearchParams) => void, replace = false) =>
    setParams(
      (now) => {
        const next = new URLSearchParams(now);
        act(next);
        return next;
      },
      { replace, preventScrollReset: true },
    );
  const set = (parameter: string, value: string) =>
    change((next) => {
      if (value) next.set(parameter, value);
      else next.delete(parameter);
    });
  const toggle = (parameter: string, id: string) =>
    change((next) => {
      const now = next.getAll(parameter);
      next.delete(parameter);
      for (const one of now.includes(id) ? now.filter((other) => other !== id) : [...now, id])
        next.append(parameter, one);
    });
  const clear = () => {
    setText('');
    setParams({});
  };

  // The address follows what is typed; a click on "back" is followed by the field.
  const inAddress = params.get('search') ?? '';
  useEffect(() => {
    if (wantedText === inAddress) return;
    setParams(
      (now) => {
        const next = new URLSearchParams(now);
        if (wantedText) next.set('search', wantedText);
        else next.delete('search');
        return next;
      },
      { replace: true, preventScrollReset: true },
    );
    // Only typing moves the address, not the address itself.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [wantedText]);

  const filter = facets.flatMap((facet) => params.getAll(facet.parameter));
  const sort = params.get('sort') ?? usualSort;
  const durability = params.get('durability') ?? '';
  const {
    data,
    error,
    isPending,
    isPlaceholderData,
    hasNextPage,
    fetchNextPage,
    isFetchingNextPage,
    refetch,
  } = useInfiniteQuery({
    ...listQuery(kind, { search: inAddress, filter, sort, durability, author: params.get('author') ?? '' }),
    placeholderData: (before) => before,
  });
  const repos = data?.pages.flatMap((page) => page.items.map((repo) => ({ ...repo, kind }))) ?? [];
  const filtered = filter.length > 0 || inAddress !== '' || durability !== '' || params.has('author');
  const chosen = filter.length + (durability ? 1 : 0);
  const filters = <Filters kind={kind} params={params} toggle={toggle} set={set} />;
  return (
    <div className="page catalogue">
      <aside className="catalogue-side" aria-label="Filters">
        {filters}
      </aside>
      <section className="stack" aria-busy={isPlaceholderData}>
        <div className="catalogue-head">
          <h1>
            <KindIcon kind={kind} size={22} /> {titles[kind]}
          </h1>
          <div className="search catalogue-search">
            <Search aria-hidden="true" />
            <input
              className="input"
              type="search"
              aria-label={`Search ${plurals[kind]}`}
              placeholder={`Search ${plurals[kind]}`}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          </div>
          <Button className="catalogue-open" onClick={() => setFiltersOpen(true)}>
            <SlidersHorizontal /> Filters{chosen > 0 ? ` (${chosen})` : ''}
          </Button>
          <select
            className="input catalogue-sort"
            aria-label="Sort by"
            value={sort}
            onChange={(event) => set('sort', event.target.value === usualSort ? '' : event.target.value)}
          >
            {sorts.map(([id, label]) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          </select>
        </div>
        <Chosen kind={kind} params={params} toggle={toggle} set={set} clear={clear} />
        {error ? <ErrorState error={error} retry={() => void refetch()} /> : null}
        {isPending ? <SkeletonRows rows={10} height={60} /> : null}
        {data && repos.length === 0 ? <Nothing kind={kind} filtered={filtered} clear={clear} /> : null}
        {repos.length > 0 ? <RepoList repos={repos} /> : null}
        {hasNextPage ? (
          <div className="row catalogue-more">
            <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              {isFetchingNextPage ? 'Loading…' : 'Show more'}
            </Button>
          </div>
        ) : null}
      </section>
      <Dialog open={filtersOpen} onClose={() => setFiltersOpen(false)} title="Filters">
        {filters}
        <div className="actions">
          <Button tone="primary" onClick={() => setFiltersOpen(false)}>
            Show {plurals[kind]}
          </Button>
        </div>
      </Dialog>
    </div>
  );
}
