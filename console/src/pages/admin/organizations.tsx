import { useInfiniteQuery } from '@tanstack/react-query';
import { Building2 } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { organizationsQuery, type Organization } from '@/api/operation';
import { formatCount } from '@/lib/format';
import { useDebounced } from '@/lib/hooks';
import {
  Button,
  ButtonLink,
  EmptyState,
  ErrorState,
  RelativeTime,
  Seal,
  SkeletonRows,
  TableFrame,
} from '@/ui';

export function Organizations() {
  const [typed, setTyped] = useState('');
  const search = useDebounced(typed.trim(), 200);
  const { data, error, isPending, fetchNextPage, hasNextPage, isFetchingNextPage, refetch } =
    useInfiniteQuery(organizationsQuery(search));
  const orgs = data?.pages.flatMap((page) => page.orgs) ?? [];
  return (
    <section className="stack" aria-label="Organisations">
      <input
        className="input admin-search"
        type="search"
        placeholder="Find by name"
        aria-label="Find organisations by name"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      {error ? <ErrorState error={error} retry={() => void refetch()} /> : null}
      {isPending ? <SkeletonRows rows={5} height={44} /> : null}
      {data && orgs.length === 0 ? <None searched={search !== ''} /> : null}
      {orgs.length > 0 ? <OrganizationTable orgs={orgs} /> : null}
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

const None = ({ searched }: { searched: boolean }) => (
  <div className="card">
    {searched ? (
      <EmptyState title="No organisation is called so" />
    ) : (
      <EmptyState title="There is no organisation yet" icon={<Building2 aria-hidden="true" />}>
        <p>Whoever makes one becomes its first administrator.</p>
        <ButtonLink to="/settings/organizations">Make one</ButtonLink>
      </EmptyState>
    )}
  </div>
);

function OrganizationTable({ orgs }: { orgs: readonly Organization[] }) {
  return (
    <TableFrame label="Organisations">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Organisation</th>
            <th scope="col" className="right">
              Members
            </th>
            <th scope="col" className="right">
              Repositories
            </th>
            <th scope="col">Made</th>
            <th scope="col">
              <span className="hidden-visually">Settings</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {orgs.map((org) => (
            <tr key={org.name}>
              <td>
                <span className="row nowrap">
                  <Seal name={org.name} size={22} />
                  <span>
                    <Link to={`/${org.name}`}>{org.name}</Link>
                    {org.fullname && org.fullname !== org.name ? (
                      <span className="muted"> {org.fullname}</span>
                    ) : null}
                  </span>
                </span>
              </td>
              <td className="right num">{formatCount(org.members)}</td>
              <td className="right num">{formatCount(org.repositories)}</td>
              <td>
                <RelativeTime time={org.createdAt} />
              </td>
              <td className="right">
                <ButtonLink
                  small
                  to={`/settings/organizations/${encodeURIComponent(org.name)}`}
                  aria-label={`Settings of ${org.name}`}
                >
                  Settings
                </ButtonLink>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  );
}
