import { useTitle } from '@/app/title';

export function Component() {
  useTitle('Storage');
  return (
    <div className="page">
      <h1>Storage</h1>
    </div>
  );
}
