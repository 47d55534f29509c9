/** What both lists of accounts have in common: the field to find some of them, and how one is named. */
import {
  useInfiniteQuery,
  type InfiniteData,
  type QueryKey,
  type UseInfiniteQueryOptions,
} from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { Link } from 'react-router';
import { useDebounced } from '@/lib/hooks';
import { Paged } from '@/parts/paged';
import { Seal, SearchField } from '@/ui';

type Cursor = string | null;

interface Props<P, T, K extends QueryKey> {
  label: string;
  /** By what they are found. */
  by: string;
  query: (search: string) => UseInfiniteQueryOptions<P, Error, InfiniteData<P>, K, Cursor>;
  itemsOf: (page: P) => readonly T[];
  empty: (searched: boolean) => ReactNode;
  children: (items: readonly T[]) => ReactNode;
}

export function Searched<P, T, K extends QueryKey>(props: Props<P, T, K>) {
  const { label, by, query, itemsOf, empty, children } = props;
  const [typed, setTyped] = useState('');
  const search = useDebounced(typed.trim(), 200);
  return (
    <section className="stack" aria-label={label}>
      <SearchField
        className="admin-search"
        label={`Find ${label.toLowerCase()} by ${by}`}
        placeholder={`Find by ${by}`}
        value={typed}
        onChange={setTyped}
      />
      <Paged
        list={useInfiniteQuery(query(search))}
        itemsOf={itemsOf}
        until={{ rows: 5, height: 44 }}
        empty={empty(search !== '')}
      >
        {children}
      </Paged>
    </section>
  );
}

export const AccountName = ({ of }: { of: { name: string; fullname: string } }) => (
  <span className="row nowrap">
    <Seal name={of.name} size={22} />
    <span>
      <Link to={`/${of.name}`}>{of.name}</Link>
      {of.fullname && of.fullname !== of.name ? <span className="muted"> {of.fullname}</span> : null}
    </span>
  </span>
);
