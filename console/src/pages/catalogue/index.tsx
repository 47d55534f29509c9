import { useTitle } from '@/app/title';

export function Component() {
  useTitle('catalogue');
  return (
    <div className="page">
      <h1>catalogue</h1>
    </div>
  );
}
