import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { eventsQuery, type HubEvent } from '@/api/operation';
import { Paged } from '@/parts/paged';
import { Table, type Column } from '@/parts/table';
import { Bytes, EmptyState, RelativeTime } from '@/ui';
import { EventWords } from './event-words';

export function Events() {
  return (
    <section className="stack" aria-label="Events">
      <Paged
        list={useInfiniteQuery(eventsQuery)}
        itemsOf={(page) => page.events}
        until={{ rows: 10, height: 36 }}
        empty={<EmptyState title="Nothing has happened yet" />}
      >
        {(events) => <Table label="Events" rows={events} columns={columns} keyOf={(event) => event.id} />}
      </Paged>
    </section>
  );
}

function Place({ event }: { event: HubEvent }) {
  // The address of a model is its name alone.
  const id = event.repo?.replace(/^models\//, '');
  return id ? <Link to={`/${id}`}>{id}</Link> : null;
}

const nothing = <span className="muted">–</span>;

const columns: Column<HubEvent>[] = [
  { id: 'when', label: 'When', cell: (event) => <RelativeTime time={event.at} /> },
  {
    id: 'what',
    label: 'What happened',
    className: 'event-what',
    cell: (event) => (
      <>
        <EventWords event={event} />
        <span className="narrow-only">
          <Place event={event} />
        </span>
      </>
    ),
  },
  {
    id: 'repo',
    label: 'Repository',
    wide: true,
    cell: (event) => (event.repo ? <Place event={event} /> : nothing),
  },
  {
    id: 'bytes',
    label: 'Bytes',
    right: true,
    cell: (event) => (event.bytes > 0 ? <Bytes value={event.bytes} /> : nothing),
  },
];
