import { useTitle } from '@/app/title';

export function Component() {
  useTitle('home');
  return (
    <div className="page">
      <h1>home</h1>
    </div>
  );
}
