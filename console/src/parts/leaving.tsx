/** Asks before a page is left with something on it that would be lost: by a link here, or by closing the page. */
import { useEffect, type ReactNode } from 'react';
import { useBlocker } from 'react-router';
import { Button, Dialog } from '@/ui';

export function Leaving({ lost, title, children }: { lost: boolean; title: string; children: ReactNode }) {
  useEffect(() => {
    if (!lost) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [lost]);
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => lost && currentLocation.pathname !== nextLocation.pathname,
  );
  const stay = () => blocker.reset?.();
  return (
    <Dialog open={blocker.state === 'blocked'} onClose={stay} title={title}>
      <p>{children}</p>
      <div className="actions">
        <Button onClick={stay}>Stay</Button>
        <Button tone="danger" onClick={() => blocker.proceed?.()}>
          Leave
        </Button>
      </div>
    </Dialog>
  );
}
