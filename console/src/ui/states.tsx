/** What a page shows instead of its content: nothing there, an error, a notice. */
import { CircleAlert, CircleCheck, Info, Inbox, TriangleAlert, Unplug } from 'lucide-react';
import type { ReactNode } from 'react';
import { ApiError } from '@/api/client';
import { Button } from './button';
import type { Tone } from './bits';

export function EmptyState({
  title,
  icon,
  page = false,
  children,
}: {
  title: string;
  icon?: ReactNode;
  /** It is all that the page has. */
  page?: boolean;
  children?: ReactNode;
}) {
  const Heading = page ? 'h1' : 'h2';
  return (
    <div className="state">
      {icon ?? <Inbox aria-hidden="true" />}
      <Heading>{title}</Heading>
      {children}
    </div>
  );
}

export function ErrorState({
  error,
  retry,
  page = false,
}: {
  error: unknown;
  retry?: () => void;
  page?: boolean;
}) {
  const Heading = page ? 'h1' : 'h2';
  const api = error instanceof ApiError ? error : null;
  return (
    <div className="state" role="alert">
      <Unplug aria-hidden="true" />
      <Heading>{api?.status === 0 ? 'No answer from the hub' : 'This did not work'}</Heading>
      <p>{error instanceof Error ? error.message : String(error)}</p>
      {api?.retryAfter ? <p className="muted">Try again in {api.retryAfter} s.</p> : null}
      {api?.requestId ? (
        <p className="muted small">
          Request <code>{api.requestId}</code>
        </p>
      ) : null}
      {retry ? <Button onClick={retry}>Try again</Button> : null}
    </div>
  );
}

const icons = { good: CircleCheck, warn: TriangleAlert, bad: CircleAlert, info: Info };

export function Notice({ tone = 'info', children }: { tone?: Tone; children: ReactNode }) {
  const Icon = icons[tone];
  return (
    <div className={`notice ${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
      <Icon aria-hidden="true" />
      <div className="grow">{children}</div>
    </div>
  );
}
