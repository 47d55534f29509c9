import { useTitle } from '@/app/title';

export function Component() {
  useTitle('reset');
  return (
    <div className="page">
      <h1>reset</h1>
    </div>
  );
}
