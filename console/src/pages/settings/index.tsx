import { useTitle } from '@/app/title';

export function Component() {
  useTitle('settings');
  return (
    <div className="page">
      <h1>settings</h1>
    </div>
  );
}
