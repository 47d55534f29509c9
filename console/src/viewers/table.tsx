/**
 * A table of which only the rows in view exist, so that a million of them scroll as easily as ten. It is a table to
 * screen readers too: rows say which of how many they are. The frame takes the keyboard's focus to scroll.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, type ReactNode } from 'react';

export interface Column {
  id: string;
  label: ReactNode;
  /** Below the label. */
  note?: ReactNode;
  width: number;
  /** Takes what the others leave. */
  grows?: boolean;
  right?: boolean;
}

const rowHeight = 32;
const mostVisible = 18;

export function VirtualTable({
  label,
  columns,
  rows,
  cell,
  onVisible,
}: {
  label: string;
  columns: readonly Column[];
  rows: number;
  cell: (row: number, column: number) => ReactNode;
  /** The rows that are in view, whenever they change. */
  onVisible?: (first: number, last: number) => void;
}) {
  const frame = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library
  const virtual = useVirtualizer({
    count: rows,
    getScrollElement: () => frame.current,
    estimateSize: () => rowHeight,
    overscan: 10,
    initialRect: { width: 800, height: rowHeight * mostVisible },
  });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => onVisible?.(first, last), [onVisible, first, last]);
  const template = columns
    .map(({ width, grows }) => (grows ? `minmax(${width}px, 1fr)` : `${width}px`))
    .join(' ');
  const least = columns.reduce((sum, { width }) => sum + width, 0);
  const grid = { gridTemplateColumns: template };
  return (
    <div
      ref={frame}
      className="vtable"
      role="table"
      aria-label={label}
      aria-rowcount={rows + 1}
      aria-colcount={columns.length}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
    >
      <div className="vtable-head" role="rowgroup" style={{ minWidth: least }}>
        <div className="vtable-row" role="row" aria-rowindex={1} style={grid}>
          {columns.map((column) => (
            <div
              key={column.id}
              role="columnheader"
              className={column.right ? 'vtable-cell right' : 'vtable-cell'}
            >
              <span className="truncate">{column.label}</span>
              {column.note ? <small>{column.note}</small> : null}
            </div>
          ))}
        </div>
      </div>
      <div
        role="rowgroup"
        className="vtable-body"
        style={{ height: virtual.getTotalSize(), minWidth: least }}
      >
        {items.map((item) => (
          <div
            key={item.key}
            role="row"
            aria-rowindex={item.index + 2}
            className="vtable-row"
            style={{ ...grid, height: rowHeight, transform: `translateY(${item.start}px)` }}
          >
            {columns.map((column, i) => (
              <div key={column.id} role="cell" className={column.right ? 'vtable-cell right' : 'vtable-cell'}>
                {cell(item.index, i)}
              </div>
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

/** How wide a column has to be for these texts, in pixels and within bounds. */
export function widthFor(texts: readonly string[], least = 72, most = 360): number {
  const longest = texts.reduce((length, text) => Math.max(length, text.length), 0);
  return Math.min(most, Math.max(least, Math.round(longest * 7.3 + 26)));
}
