import type { ReactNode } from 'react';
import { Mark } from '@/app/shell';
import { useTitle } from '@/app/title';
import type { ApiError } from '@/api/client';
import { formatDuration } from '@/lib/format';
import { Notice } from '@/ui';
import './account.css';

/** The small pages around signing in. */
export function AccountFrame({
  title,
  lead,
  children,
}: {
  title: string;
  lead?: ReactNode;
  children: ReactNode;
}) {
  useTitle(title);
  return (
    <div className="account-page">
      <div className="account-box">
        <div className="account-head">
          <Mark size={30} />
          <h1>{title}</h1>
          {lead ? <p className="muted">{lead}</p> : null}
        </div>
        {children}
      </div>
    </div>
  );
}

const more: Record<string, string> = {
  InvalidLink: 'Links work once and for a limited time. Ask an administrator of this hub for a new one.',
  SetupDone: 'This hub has an administrator already. Sign in, or ask for an invitation.',
  RegistrationClosed: 'Ask an administrator of this hub for an invitation link.',
};

export function FormProblem({ error }: { error: ApiError | null }) {
  if (!error) return null;
  return (
    <Notice tone="bad">
      {error.message}
      {more[error.code] ? ` ${more[error.code] ?? ''}` : ''}
      {error.retryAfter ? ` Try again in ${formatDuration(error.retryAfter)}.` : ''}
    </Notice>
  );
}

/** Only pages of this hub: an address of another site after signing in would be a trap. */
export function safeNext(next: string | null): string {
  if (!next?.startsWith('/') || next.startsWith('//') || next.includes('\\')) return '/';
  return next;
}
