import { useQueries, useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { openParquet, type ParquetFile } from '@/formats/parquet';
import { formatBytes, formatExact, plural } from '@/lib/format';
import { Button, Skeleton } from '@/ui';
import { ValueCell } from './cell';
import { useColumnPart } from './columns';
import { Facts, Read, Unshown, useRead } from './parts';
import { VirtualTable, widthFor, type Column } from './table';
import { cellText } from './values';
import type { ViewedFile, ViewerProps } from './index';

const perPage = 100;

export default function ParquetViewer({ file, reader }: ViewerProps) {
  const query = useRead(file, 'parquet', () => openParquet(reader));
  return (
    <Read file={file} query={query}>
      {(parquet) => (
        <>
          <div className="viewer-pad">
            <Facts
              label="About the file"
              facts={[
                { label: 'Rows', value: formatExact(parquet.rows) },
                { label: 'Columns', value: formatExact(parquet.columns.length) },
                { label: 'Row groups', value: formatExact(parquet.rowGroups.length) },
                { label: 'Compression', value: parquet.codecs.join(', ').toLowerCase() || 'none' },
              ]}
            />
          </div>
          {parquet.rows === 0 ? (
            <p className="viewer-pad muted">There are no rows.</p>
          ) : (
            <Groups file={file} parquet={parquet} />
          )}
        </>
      )}
    </Read>
  );
}

function rowStarts(parquet: ParquetFile): number[] {
  const starts: number[] = [];
  let at = 0;
  for (const { rows } of parquet.rowGroups) {
    starts.push(at);
    at += rows;
  }
  return starts;
}

/** Row groups one after the other: each is read by itself, and a page of the browser cannot be endlessly high. */
function Groups({ file, parquet }: { file: ViewedFile; parquet: ParquetFile }) {
  const [group, setGroup] = useState(0);
  const starts = useMemo(() => rowStarts(parquet), [parquet]);
  const rows = Math.min(parquet.rowGroups[group]?.rows ?? 0, 500_000);
  const start = starts[group] ?? 0;
  const { start: from, end: to, control } = useColumnPart(parquet.columns.length);
  return (
    <>
      <div className="viewer-bar">
        {parquet.rowGroups.length > 1 ? (
          <span className="row choose-group">
            <Button small disabled={group === 0} onClick={() => setGroup(group - 1)}>
              Before
            </Button>
            <label className="row small">
              <span className="nowrap">Row group</span>
              <select
                className="input small-select"
                value={group}
                onChange={(event) => setGroup(Number(event.target.value))}
              >
                {parquet.rowGroups.map((one, i) => (
                  <option key={i} value={i}>
                    {`${i + 1} of ${parquet.rowGroups.length}: ${plural(one.rows, 'row')}, ${formatBytes(one.bytes)}`}
                  </option>
                ))}
              </select>
            </label>
            <Button
              small
              disabled={group === parquet.rowGroups.length - 1}
              onClick={() => setGroup(group + 1)}
            >
              After
            </Button>
          </span>
        ) : null}
        <span className="grow" />
        {control}
      </div>
      <Rows key={group} file={file} parquet={parquet} start={start} rows={rows} from={from} to={to} />
    </>
  );
}

function Rows({
  file,
  parquet,
  start,
  rows,
  from,
  to,
}: {
  file: ViewedFile;
  parquet: ParquetFile;
  start: number;
  rows: number;
  from: number;
  to: number;
}) {
  const [pages, setPages] = useState<[number, number]>([0, 0]);
  const visible = useCallback((first: number, last: number) => {
    const next: [number, number] = [Math.floor(first / perPage), Math.floor(last / perPage)];
    setPages((now) => (now[0] === next[0] && now[1] === next[1] ? now : next));
  }, []);
  const page = (number: number) => ({
    queryKey: ['viewer', 'parquet-rows', file.resolveUrl, file.lfs?.oid, start, number],
    queryFn: () =>
      parquet.read(start + number * perPage, Math.min(start + rows, start + (number + 1) * perPage)),
    staleTime: Infinity,
    retry: 1,
  });
  // Widths are those of the first rows: columns that moved while somebody scrolls would be worse.
  const { data: sample } = useQuery(page(0));
  const wanted = Array.from({ length: pages[1] - pages[0] + 1 }, (_, i) => pages[0] + i);
  const read = useQueries({ queries: wanted.map(page) });
  const columns = useMemo<Column[]>(() => {
    const own = parquet.columns.slice(from, to).map((column) => ({
      id: column.name,
      label: column.name,
      note: column.type,
      width: widthFor(
        [column.name, column.type, ...(sample ?? []).slice(0, 40).map((row) => cellText(row[column.name]))],
        90,
      ),
      right: /^(u?int|float|decimal)/.test(column.type),
    }));
    return [{ id: '#', label: '#', width: 84, right: true }, ...own];
  }, [parquet, from, to, sample]);
  const failed = read.find((page) => page.isError);
  if (failed) return <Unshown file={file} error={failed.error} />;
  return (
    <VirtualTable
      label={`Rows of ${file.path}`}
      columns={columns}
      rows={rows}
      onVisible={visible}
      cell={(row, column) => {
        if (column === 0) return <span className="muted">{formatExact(start + row + 1)}</span>;
        const values = read[Math.floor(row / perPage) - pages[0]]?.data?.[row % perPage];
        const name = columns[column]?.id ?? '';
        return values ? (
          <ValueCell value={values[name]} column={name} />
        ) : (
          <Skeleton width="70%" height={12} />
        );
      }}
    />
  );
}
