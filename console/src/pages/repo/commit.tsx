import { useTitle } from '@/app/title';

export function Component() {
  useTitle('commit');
  return (
    <div className="page">
      <h1>commit</h1>
    </div>
  );
}
