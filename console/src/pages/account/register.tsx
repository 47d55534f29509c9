import { useTitle } from '@/app/title';

export function Component() {
  useTitle('register');
  return (
    <div className="page">
      <h1>register</h1>
    </div>
  );
}
