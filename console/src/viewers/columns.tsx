/** Of tables with very many columns a part is shown at a time. */
import { useState } from 'react';
import { Button } from '@/ui';

const perPart = 60;

export function useColumnPart(count: number) {
  const [start, setStart] = useState(0);
  const end = Math.min(count, start + perPart);
  const control =
    count > perPart ? (
      <span className="row">
        <Button small disabled={start === 0} onClick={() => setStart(start - perPart)}>
          Columns before
        </Button>
        <span className="muted small nowrap">
          {start + 1}–{end} of {count} columns
        </span>
        <Button small disabled={end === count} onClick={() => setStart(start + perPart)}>
          Columns after
        </Button>
      </span>
    ) : null;
  return { start, end, control };
}
