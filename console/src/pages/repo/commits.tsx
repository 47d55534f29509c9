import { useTitle } from '@/app/title';

export function Component() {
  useTitle('commits');
  return (
    <div className="page">
      <h1>commits</h1>
    </div>
  );
}
