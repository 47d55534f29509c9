import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { eventsQuery, type HubEvent } from '@/api/operation';
import { Button, Bytes, EmptyState, ErrorState, RelativeTime, SkeletonRows, TableFrame } from '@/ui';
import { EventWords } from './event-words';

export function Events() {
  const { data, error, isPending, fetchNextPage, hasNextPage, isFetchingNextPage, refetch } =
    useInfiniteQuery(eventsQuery);
  const events = data?.pages.flatMap((page) => page.events) ?? [];
  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  if (isPending) return <SkeletonRows rows={10} height={36} />;
  if (events.length === 0)
    return (
      <div className="card">
        <EmptyState title="Nothing has happened yet" />
      </div>
    );
  return (
    <section className="stack" aria-label="Events">
      <EventTable events={events} />
      {hasNextPage ? (
        <div>
          <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Load more
          </Button>
        </div>
      ) : null}
    </section>
  );
}

export function EventTable({ events }: { events: readonly HubEvent[] }) {
  return (
    <TableFrame label="Events">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">What happened</th>
            <th scope="col">Repository</th>
            <th scope="col" className="right">
              Bytes
            </th>
          </tr>
        </thead>
        <tbody>
          {events.map((event) => (
            <tr key={event.id}>
              <td>
                <RelativeTime time={event.at} />
              </td>
              <td className="event-what">
                <EventWords event={event} />
              </td>
              <td>
                {event.repo ? (
                  <Link to={`/${event.repo.replace(/^models\//, '')}`}>
                    {event.repo.replace(/^models\//, '')}
                  </Link>
                ) : (
                  <span className="muted">–</span>
                )}
              </td>
              <td className="right">
                {event.bytes > 0 ? <Bytes value={event.bytes} /> : <span className="muted">–</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  );
}
