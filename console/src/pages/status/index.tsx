import { useTitle } from '@/app/title';

export function Component() {
  useTitle('Status');
  return (
    <div className="page">
      <h1>Status</h1>
    </div>
  );
}
