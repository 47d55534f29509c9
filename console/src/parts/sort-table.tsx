/** A table whose rows can be sorted by its heads. */
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Table, type Column } from './table';

export interface SortColumn<T> extends Column<T> {
  /** What is sorted by; a column without it cannot be. Undefined comes last, either way. */
  by?: (row: T) => number | string | undefined;
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
  /** As of a Table. */
  stacks?: boolean;
}

export function SortTable<T>(props: Props<T>) {
  const { label, rows, columns, keyOf, initial, limit = 50, marked, stacks } = props;
  const [sort, setSort] = useState(initial);
  const [shown, setShown] = useState(limit);
  const sorted = useMemo(() => {
    const by = columns.find((column) => column.id === sort?.id)?.by;
    return by ? [...rows].sort((a, b) => compare(by(a), by(b), sort?.down ?? false)) : rows;
  }, [rows, columns, sort]);
  const choose = (column: SortColumn<T>) =>
    setSort({ id: column.id, down: sort?.id === column.id ? !sort.down : (column.down ?? false) });
  const Arrow = sort?.down ? ArrowDown : ArrowUp;
  return (
    <Table
      label={label}
      rows={sorted.slice(0, shown)}
      columns={columns}
      keyOf={keyOf}
      marked={marked}
      stacks={stacks}
      sorted={({ id }) => (sort?.id !== id ? undefined : sort.down ? 'descending' : 'ascending')}
      head={(column) =>
        column.by ? (
          <button type="button" onClick={() => choose(column)}>
            {column.label} {sort?.id === column.id ? <Arrow size={12} aria-hidden="true" /> : null}
          </button>
        ) : (
          column.label
        )
      }
    >
      {sorted.length > shown ? (
        <div className="table-more">
          <button type="button" className="button small" onClick={() => setShown(shown + 200)}>
            {sorted.length - shown} more
          </button>
        </div>
      ) : null}
    </Table>
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
