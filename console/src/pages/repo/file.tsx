import { useTitle } from '@/app/title';

export function Component() {
  useTitle('file');
  return (
    <div className="page">
      <h1>file</h1>
    </div>
  );
}
