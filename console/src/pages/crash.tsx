import { useRouteError } from 'react-router';
import { useTitle } from '@/app/title';
import { ErrorState } from '@/ui';

/** When a page itself fails; also when its script is gone because the hub was updated meanwhile. */
export function Crash() {
  const error = useRouteError();
  useTitle('This did not work');
  return (
    <div className="page">
      <ErrorState page error={error} retry={() => location.reload()} />
    </div>
  );
}
