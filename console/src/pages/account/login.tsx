import { useTitle } from '@/app/title';

export function Component() {
  useTitle('login');
  return (
    <div className="page">
      <h1>login</h1>
    </div>
  );
}
