import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { DelimitedFile } from '@/formats/delimited';
import { pluralExact } from '@/lib/format';
import { SkeletonRows } from '@/ui';
import { ValueCell } from './cell';
import { useColumnPart } from './columns';
import { Unshown } from './parts';
import { VirtualTable, widthFor, type Column } from './table';
import type { ViewerProps } from './index';

const ahead = 500;
const mostRows = 500_000;

/** Reads on while somebody scrolls. */
function useDelimited({ reader }: ViewerProps) {
  const table = useMemo(() => new DelimitedFile(reader), [reader]);
  const [state, setState] = useState({ rows: 0, complete: false, error: null as unknown });
  const reading = useRef(false);
  const readTo = useCallback(
    (count: number) => {
      if (reading.current || table.complete || table.rows.length >= Math.min(count, mostRows)) return;
      reading.current = true;
      const update = (error: unknown) => {
        reading.current = false;
        setState({ rows: Math.min(table.rows.length, mostRows), complete: table.complete, error });
      };
      table.readTo(count).then(() => update(null), update);
    },
    [table],
  );
  useEffect(() => readTo(ahead), [readTo]);
  return { table, state, readTo };
}

export default function DelimitedViewer(props: ViewerProps) {
  const { table, state, readTo } = useDelimited(props);
  const { start, end, control } = useColumnPart(table.header.length);
  const visible = useCallback((_: number, last: number) => readTo(last + ahead), [readTo]);
  const known = state.rows > 0 || state.complete;
  const columns = useMemo<Column[]>(() => {
    if (!known) return [];
    const sample = table.rows.slice(0, 60);
    const own = table.header.slice(start, end).map((label, i) => ({
      id: `${start + i}`,
      label,
      width: widthFor([label, ...sample.map((row) => row[start + i] ?? '')]),
      right: sample.length > 0 && sample.every((row) => /^-?[\d.,eE+-]*$/.test(row[start + i] ?? '')),
    }));
    return [{ id: 'row', label: '#', width: 70, right: true }, ...own];
  }, [table, start, end, known]);
  if (state.error) return <Unshown file={props.file} error={state.error} />;
  if (!known) return <SkeletonRows rows={10} height={24} />;
  return (
    <>
      <div className="viewer-bar">
        <span className="muted small" role="status">
          {state.complete
            ? pluralExact(state.rows, 'row')
            : `${pluralExact(state.rows, 'row')} read, ${Math.round(table.fractionRead * 100)} % of the file; more as you scroll`}
        </span>
        <span className="grow" />
        {control}
      </div>
      <VirtualTable
        label={`Rows of ${props.file.path}`}
        columns={columns}
        rows={state.rows}
        onVisible={visible}
        cell={(row, column) =>
          column === 0 ? (
            <span className="muted">{row + 1}</span>
          ) : (
            <ValueCell
              value={table.rows[row]?.[start + column - 1] ?? ''}
              column={table.header[start + column - 1] ?? ''}
            />
          )
        }
      />
    </>
  );
}
