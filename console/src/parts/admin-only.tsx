/** Around pages for administrators: others are told what the page is for, and where to go instead. */
import { Lock } from 'lucide-react';
import type { ReactNode } from 'react';
import { useLocation } from 'react-router';
import { useSession } from '@/app/session';
import { ButtonLink, EmptyState, SkeletonRows } from '@/ui';

export function AdminOnly({ children, instead }: { children: ReactNode; instead?: ReactNode }) {
  const { user, known } = useSession();
  if (!known) return <SkeletonRows />;
  return user?.isAdmin ? children : <Refused signedIn={user !== null}>{instead}</Refused>;
}

export function SignedInOnly({ children }: { children: ReactNode }) {
  const { user, known } = useSession();
  if (!known) return <SkeletonRows />;
  return user ? children : <Refused signedIn={false} everybody />;
}

function Refused({
  signedIn,
  everybody,
  children,
}: {
  signedIn: boolean;
  everybody?: boolean;
  children?: ReactNode;
}) {
  const { pathname, search } = useLocation();
  return (
    <div className="card">
      <EmptyState
        icon={<Lock aria-hidden="true" />}
        title={everybody ? 'Sign in to see this' : 'For administrators'}
      >
        {everybody ? null : <p>This page is about the whole hub, so only its administrators see it.</p>}
        {children}
        {signedIn ? null : (
          <ButtonLink tone="primary" to={`/login?next=${encodeURIComponent(pathname + search)}`}>
            Sign in
          </ButtonLink>
        )}
      </EmptyState>
    </div>
  );
}
