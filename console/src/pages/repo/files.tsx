import { useTitle } from '@/app/title';

export function Component() {
  useTitle('files');
  return (
    <div className="page">
      <h1>files</h1>
    </div>
  );
}
