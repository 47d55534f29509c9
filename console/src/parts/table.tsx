/** A table, told by its columns. */
import { Fragment, type ReactNode } from 'react';
import { TableFrame } from '@/ui';
import './parts.css';

export interface Column<T> {
  id: string;
  label: string;
  cell: (row: T) => ReactNode;
  /** Of its cells. */
  className?: string;
  /** Numbers stand at the right, and so do the buttons of a row. */
  right?: boolean;
  /** Left out where there is little room. */
  wide?: boolean;
  /** Its label is only read out, if at all: what is in it speaks for itself. */
  unlabelled?: boolean;
}

interface Props<T, C> {
  label: string;
  className?: string;
  rows: readonly T[];
  columns: readonly C[];
  keyOf: (row: T) => string;
  marked?: (row: T) => boolean;
  /** Has so many columns that on a phone each row is a card, with a label before each cell. */
  stacks?: boolean;
  /** Instead of the label of a column. */
  head?: (column: C) => ReactNode;
  /** How the rows are sorted by a column, if they are. */
  sorted?: (column: C) => 'ascending' | 'descending' | undefined;
  /** Below a row, as wide as the table. */
  details?: (row: T) => ReactNode;
  /** Below all rows. */
  children?: ReactNode;
}

export function Table<T, C extends Column<T> = Column<T>>(props: Props<T, C>) {
  const { label, className, rows, columns, keyOf, marked, stacks, sorted, details, children } = props;
  const head = props.head ?? headOf;
  return (
    <TableFrame label={label} className={className}>
      <table className={classes('table', stacks && 'stacks')}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                className={classes(column.right && 'right', column.wide && 'wide-only')}
                aria-sort={sorted?.(column)}
              >
                {head(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Fragment key={keyOf(row)}>
              <tr className={marked?.(row) ? 'marked' : undefined}>
                {columns.map((column) => (
                  <td
                    key={column.id}
                    className={classOf(column)}
                    data-label={column.unlabelled ? undefined : column.label}
                  >
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
              <Details of={details?.(row)} columns={columns.length} />
            </Fragment>
          ))}
        </tbody>
      </table>
      {children}
    </TableFrame>
  );
}

const headOf = ({ label, unlabelled }: Pick<Column<never>, 'label' | 'unlabelled'>) =>
  unlabelled ? <span className="hidden-visually">{label}</span> : label;

const classes = (...names: (string | false | undefined)[]) => names.filter(Boolean).join(' ') || undefined;
const classOf = ({ className, right, wide }: Pick<Column<never>, 'className' | 'right' | 'wide'>) =>
  classes(right && 'right num', wide && 'wide-only', className);

function Details({ of, columns }: { of: ReactNode; columns: number }) {
  if (!of) return null;
  return (
    <tr>
      <td colSpan={columns} className="details-cell">
        {of}
      </td>
    </tr>
  );
}
