import { useTitle } from '@/app/title';

export function Component() {
  useTitle('Administration');
  return (
    <div className="page">
      <h1>Administration</h1>
    </div>
  );
}
