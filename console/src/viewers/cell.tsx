import { useState } from 'react';
import { Dialog } from '@/ui';
import { cellText } from './values';

/** A value in a table. What is too long for its cell opens in a dialog. */
export function ValueCell({ value, column }: { value: unknown; column: string }) {
  const [open, setOpen] = useState(false);
  if (value === null || value === undefined) return <span className="muted">null</span>;
  const text = cellText(value);
  if (text.length <= 48 && !text.includes('\n')) return <span className="truncate">{text}</span>;
  return (
    <>
      <button
        type="button"
        className="cell-open truncate"
        title="Show all of it"
        onClick={() => setOpen(true)}
      >
        {text.slice(0, 200)}
      </button>
      <Dialog open={open} onClose={() => setOpen(false)} title={column}>
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <pre className="cell-all" tabIndex={0} role="group" aria-label={column}>
          {typeof value === 'object' && !(value instanceof Uint8Array) && !(value instanceof Date)
            ? pretty(value)
            : text}
        </pre>
      </Dialog>
    </>
  );
}

const pretty = (value: object): string => {
  const text = cellText(value);
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};
