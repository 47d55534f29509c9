import { useTitle } from '@/app/title';

export function Component() {
  useTitle('setup');
  return (
    <div className="page">
      <h1>setup</h1>
    </div>
  );
}
