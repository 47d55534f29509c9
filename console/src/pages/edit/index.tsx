import { useTitle } from '@/app/title';

export function Component() {
  useTitle('Edit');
  return (
    <div className="page">
      <h1>Edit</h1>
    </div>
  );
}
