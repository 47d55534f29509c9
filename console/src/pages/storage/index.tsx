import { useTitle } from '@/app/title';

export function Component() {
  useTitle('Assets');
  return (
    <div className="page">
      <h1>Assets</h1>
    </div>
  );
}
