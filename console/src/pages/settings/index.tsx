import { Building2, KeyRound, MonitorSmartphone, UserRound } from 'lucide-react';
import { Navigate, NavLink, useLocation, useParams } from 'react-router';
import type { SessionUser } from '@/api/types';
import { useSession } from '@/app/session';
import { useTitle } from '@/app/title';
import { Skeleton } from '@/ui';
import { NotFound } from '../not-found';
import '../repo/settings.css';
import { AccountSettings } from './account';
import { KeySettings } from './keys';
import { OrganizationList, OrganizationSettings } from './organizations';
import { SessionSettings } from './sessions';

const parts = [
  { to: '/settings', label: 'Account', icon: UserRound, end: true },
  { to: '/settings/tokens', label: 'Access keys', icon: KeyRound },
  { to: '/settings/sessions', label: 'Sessions', icon: MonitorSmartphone },
  { to: '/settings/organizations', label: 'Organisations', icon: Building2 },
];

function Part({ user }: { user: SessionUser }) {
  const { part, org } = useParams();
  if (org !== undefined)
    return part === 'organizations' ? <OrganizationSettings user={user} org={org} /> : <NotFound />;
  switch (part) {
    case undefined:
    case 'account':
      return <AccountSettings user={user} />;
    case 'tokens':
      return <KeySettings />;
    case 'sessions':
      return <SessionSettings />;
    case 'organizations':
      return <OrganizationList user={user} />;
    default:
      return <NotFound />;
  }
}

export function Component() {
  const { user, known } = useSession();
  const { pathname } = useLocation();
  useTitle('Settings');
  if (!known)
    return (
      <div className="page">
        <Skeleton height={320} />
      </div>
    );
  if (!user) return <Navigate to={`/login?next=${pathname}`} replace />;
  return (
    <div className="page settings-page">
      <nav className="settings-nav" aria-label="Settings">
        {parts.map(({ to, label, icon: Icon, end }) => (
          <NavLink key={to} to={to} end={end ?? false}>
            <Icon aria-hidden="true" /> {label}
          </NavLink>
        ))}
      </nav>
      <div className="stack settings-stack">
        <Part user={user} />
      </div>
    </div>
  );
}
