/** A list that comes page by page: what stands there until it is there, when nothing is in it, and the way to more. */
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Button, ErrorState, SkeletonRows } from '@/ui';

interface Props<P, T> {
  list: UseInfiniteQueryResult<InfiniteData<P>>;
  itemsOf: (page: P) => readonly T[];
  /** What is drawn in place of the first page. */
  until: { rows: number; height: number };
  /** Stands in a card when there is nothing. */
  empty: ReactNode;
  /** Shows everything that has come so far. */
  children: (items: readonly T[]) => ReactNode;
}

export function Paged<P, T>({ list, itemsOf, until, empty, children }: Props<P, T>) {
  const { data, error, isPending, refetch } = list;
  const items = data?.pages.flatMap(itemsOf) ?? [];
  return (
    <>
      {error ? <ErrorState error={error} retry={() => void refetch()} /> : null}
      {isPending ? <SkeletonRows {...until} /> : null}
      {data && items.length === 0 ? <div className="card">{empty}</div> : null}
      {items.length > 0 ? children(items) : null}
      <More list={list} />
    </>
  );
}

function More({ list }: { list: UseInfiniteQueryResult }) {
  if (!list.hasNextPage) return null;
  return (
    <div>
      <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
        Load more
      </Button>
    </div>
  );
}
