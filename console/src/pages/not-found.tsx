import { Compass } from 'lucide-react';
import { useTitle } from '@/app/title';
import { ButtonLink, EmptyState } from '@/ui';

export function NotFound({ what }: { what?: string }) {
  useTitle('Not found');
  return (
    <div className="page">
      <EmptyState page title="There is nothing at this address" icon={<Compass aria-hidden="true" />}>
        <p>
          {what ?? 'The page does not exist, was renamed, or is private and you are not signed in to see it.'}
        </p>
        <div className="row">
          <ButtonLink to="/models">Browse the models</ButtonLink>
          <ButtonLink to="/" tone="quiet">
            Go to the start
          </ButtonLink>
        </div>
      </EmptyState>
    </div>
  );
}
