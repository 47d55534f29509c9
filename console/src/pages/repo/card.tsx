import { useTitle } from '@/app/title';

export function Component() {
  useTitle('card');
  return (
    <div className="page">
      <h1>card</h1>
    </div>
  );
}
