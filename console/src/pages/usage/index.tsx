import { useTitle } from '@/app/title';

export function Component() {
  useTitle('Usage');
  return (
    <div className="page">
      <h1>Usage</h1>
    </div>
  );
}
