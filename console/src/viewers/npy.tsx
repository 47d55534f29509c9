import { readNpy, readNpyValues } from '@/formats/npy';
import { formatExact } from '@/lib/format';
import { Facts, Read, useRead } from './parts';
import { VirtualTable } from './table';
import type { ViewerProps } from './index';

export default function NpyViewer({ file, reader }: ViewerProps) {
  const query = useRead(file, 'npy', async (signal) => {
    const header = await readNpy(reader, signal);
    return { header, values: await readNpyValues(reader, header, signal) };
  });
  return (
    <Read file={file} query={query}>
      {({ header, values }) => (
        <>
          <div className="viewer-pad">
            <Facts
              label="About the array"
              facts={[
                { label: 'Dtype', value: header.dtype, note: header.descr },
                { label: 'Shape', value: header.shape.length === 0 ? 'scalar' : header.shape.join(' × ') },
                { label: 'Elements', value: formatExact(header.elements) },
                {
                  label: 'Order',
                  value: header.fortranOrder ? 'Fortran' : 'C',
                  note: `NumPy format ${header.version}`,
                },
              ]}
            />
          </div>
          {values && values.length > 0 ? (
            <Values values={values} width={header.fortranOrder ? 1 : (header.shape.at(-1) ?? 1)} />
          ) : null}
        </>
      )}
    </Read>
  );
}

/** The first values, in rows as wide as the last axis where that can be read. */
function Values({ values, width }: { values: readonly (number | bigint)[]; width: number }) {
  const perRow = width > 0 && width <= 32 ? width : 8;
  const columns = [
    { id: '#', label: 'from', width: 80, right: true },
    ...Array.from({ length: Math.min(perRow, values.length) }, (_, i) => ({
      id: `${i}`,
      label: `${i}`,
      width: 112,
      right: true,
    })),
  ];
  return (
    <VirtualTable
      label="The first values"
      columns={columns}
      rows={Math.ceil(values.length / perRow)}
      cell={(row, column) => {
        if (column === 0) return <span className="muted">{row * perRow}</span>;
        const value = values[row * perRow + column - 1];
        return value === undefined
          ? ''
          : typeof value === 'bigint'
            ? String(value)
            : String(Number(value.toPrecision(7)));
      }}
    />
  );
}
