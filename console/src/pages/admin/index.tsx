/** People, organisations, invitations and what happened, for administrators. */
import { Building2, Mail, ScrollText, Users } from 'lucide-react';
import { useParams } from 'react-router';
import { useTitle } from '@/app/title';
import { NotFound } from '@/pages/not-found';
import { AdminOnly } from '@/parts/admin-only';
import { NavTabs } from '@/ui';
import { Events } from './events';
import { Invitations } from './invitations';
import { Organizations } from './organizations';
import { People } from './people';
import './admin.css';

const tabs = [
  { to: '/admin/users', label: 'Users', icon: <Users aria-hidden="true" /> },
  { to: '/admin/organizations', label: 'Organisations', icon: <Building2 aria-hidden="true" /> },
  { to: '/admin/invitations', label: 'Invitations', icon: <Mail aria-hidden="true" /> },
  { to: '/admin/events', label: 'Events', icon: <ScrollText aria-hidden="true" /> },
];

export function Component() {
  const { part = '' } = useParams();
  useTitle('Administration');
  const shown = part || 'users';
  const content = {
    users: <People />,
    organizations: <Organizations />,
    invitations: <Invitations />,
    events: <Events />,
  }[shown];
  if (!content) return <NotFound />;
  return (
    <div className="page stack">
      <div className="page-head">
        <h1>Administration</h1>
      </div>
      <AdminOnly>
        <NavTabs
          label="Administration"
          tabs={tabs.map((tab) => ({ ...tab, active: tab.to.endsWith(shown) }))}
        />
        {content}
      </AdminOnly>
    </div>
  );
}
