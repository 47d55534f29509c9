import { Building2 } from 'lucide-react';
import { organizationsQuery, type Organization } from '@/api/operation';
import { formatCount } from '@/lib/format';
import { Table, type Column } from '@/parts/table';
import { ButtonLink, EmptyState, RelativeTime } from '@/ui';
import { AccountName, Searched } from './searched';

export const Organizations = () => (
  <Searched
    label="Organisations"
    by="name"
    query={organizationsQuery}
    itemsOf={(page) => page.orgs}
    empty={(searched) => <None searched={searched} />}
  >
    {(orgs) => <Table label="Organisations" rows={orgs} columns={columns} keyOf={(org) => org.name} stacks />}
  </Searched>
);

const None = ({ searched }: { searched: boolean }) =>
  searched ? (
    <EmptyState title="No organisation is called so" />
  ) : (
    <EmptyState title="There is no organisation yet" icon={<Building2 aria-hidden="true" />}>
      <p>Whoever makes one becomes its first administrator.</p>
      <ButtonLink to="/settings/organizations">Make one</ButtonLink>
    </EmptyState>
  );

const columns: Column<Organization>[] = [
  { id: 'name', label: 'Organisation', cell: (org) => <AccountName of={org} /> },
  { id: 'members', label: 'Members', right: true, cell: (org) => formatCount(org.members) },
  { id: 'repositories', label: 'Repositories', right: true, cell: (org) => formatCount(org.repositories) },
  { id: 'made', label: 'Made', wide: true, cell: (org) => <RelativeTime time={org.createdAt} /> },
  {
    id: 'settings',
    label: 'Settings',
    unlabelled: true,
    right: true,
    cell: (org) => (
      <ButtonLink
        small
        to={`/settings/organizations/${encodeURIComponent(org.name)}`}
        aria-label={`Settings of ${org.name}`}
      >
        Settings
      </ButtonLink>
    ),
  },
];
