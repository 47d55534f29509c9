import { useTitle } from '@/app/title';

export function Component() {
  useTitle('new');
  return (
    <div className="page">
      <h1>new</h1>
    </div>
  );
}
