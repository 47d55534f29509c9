import { useTitle } from '@/app/title';

export function Component() {
  useTitle('Storage providers');
  return (
    <div className="page">
      <h1>Storage providers</h1>
    </div>
  );
}
