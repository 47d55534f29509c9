import { useTitle } from '@/app/title';

export function Component() {
  useTitle('Upload');
  return (
    <div className="page">
      <h1>Upload</h1>
    </div>
  );
}
