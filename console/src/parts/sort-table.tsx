/** A table whose rows can be sorted by its heads. */
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import { TableFrame } from '@/ui';

export interface SortColumn<T> {
  id: string;
  label: string;
  cell: (row: T) => ReactNode;
  /** What is sorted by; a column without it cannot be. Undefined comes last, either way. */
  by?: (row: T) => number | string | undefined;
  right?: boolean;
  /** Numbers are mostly wanted largest first. */
  down?: boolean;
}

interface Props<T> {
  label: string;
  rows: readonly T[];
  columns: readonly SortColumn<T>[];
  keyOf: (row: T) => string;
  initial?: { id: string; down: boolean };
  /** So many rows are shown before somebody asks for more. */
  limit?: number;
  marked?: (row: T) => boolean;
}

export function SortTable<T>({ label, rows, columns, keyOf, initial, limit = 50, marked }: Props<T>) {
  const [sort, setSort] = useState(initial);
  const [shown, setShown] = useState(limit);
  const sorted = useMemo(() => {
    const by = columns.find((column) => column.id === sort?.id)?.by;
    return by ? [...rows].sort((a, b) => compare(by(a), by(b), sort?.down ?? false)) : rows;
  }, [rows, columns, sort]);
  const choose = (column: SortColumn<T>) =>
    setSort({ id: column.id, down: sort?.id === column.id ? !sort.down : (column.down ?? false) });
  return (
    <TableFrame label={label}>
      <table className="table">
        <thead>
          <tr>
            {columns.map((column) => (
              <Head key={column.id} column={column} sort={sort} choose={choose} />
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.slice(0, shown).map((row) => (
            <tr key={keyOf(row)} className={marked?.(row) ? 'marked' : undefined}>
              {columns.map((column) => (
                <td key={column.id} className={column.right ? 'right num' : undefined}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {sorted.length > shown ? (
        <div className="table-more">
          <button type="button" className="button small" onClick={() => setShown(shown + 200)}>
            {sorted.length - shown} more
          </button>
        </div>
      ) : null}
    </TableFrame>
  );
}

function Head<T>({
  column,
  sort,
  choose,
}: {
  column: SortColumn<T>;
  sort: { id: string; down: boolean } | undefined;
  choose: (column: SortColumn<T>) => void;
}) {
  const on = sort?.id === column.id;
  const Arrow = sort?.down ? ArrowDown : ArrowUp;
  return (
    <th
      scope="col"
      className={column.right ? 'right' : undefined}
      aria-sort={on ? (sort.down ? 'descending' : 'ascending') : undefined}
    >
      {column.by ? (
        <button type="button" onClick={() => choose(column)}>
          {column.label} {on ? <Arrow size={12} aria-hidden="true" /> : null}
        </button>
      ) : (
        column.label
      )}
    </th>
  );
}

export function compare(
  a: number | string | undefined,
  b: number | string | undefined,
  down: boolean,
): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  const order = typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
  return down ? -order : order;
}
