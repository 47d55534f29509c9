import { useTitle } from '@/app/title';

export function Component() {
  useTitle('profile');
  return (
    <div className="page">
      <h1>profile</h1>
    </div>
  );
}
