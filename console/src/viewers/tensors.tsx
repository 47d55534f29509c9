/** The tensors of a model file: what they add up to, and a table of them that can be searched. */
import { useDeferredValue, useMemo, useState } from 'react';
import { totalsByDtype, type TensorInfo } from '@/formats/dtypes';
import { formatBytes, formatExact, formatParameters, plural, pluralExact } from '@/lib/format';
import { CopyButton, SearchField } from '@/ui';
import { Facts, type Fact } from './parts';
import { VirtualTable, widthFor, type Column } from './table';

export function TensorView({
  tensors,
  facts,
  label,
}: {
  tensors: readonly TensorInfo[];
  facts?: readonly Fact[];
  label: string;
}) {
  const totals = useMemo(() => totalsByDtype(tensors), [tensors]);
  const parameters = totals.reduce((sum, total) => sum + total.parameters, 0);
  const bytes = totals.reduce((sum, total) => sum + total.bytes, 0);
  return (
    <>
      <div className="viewer-pad stack">
        <Facts
          label="About the model"
          facts={[
            { label: 'Parameters', value: formatParameters(parameters), note: formatExact(parameters) },
            { label: 'Tensors', value: formatExact(tensors.length) },
            { label: 'Data', value: formatBytes(bytes), note: pluralExact(bytes, 'byte') },
            ...(facts ?? []),
          ]}
        />
        <Dtypes totals={totals} parameters={parameters} />
      </div>
      <TensorTable tensors={tensors} label={label} />
    </>
  );
}

function Dtypes({ totals, parameters }: { totals: ReturnType<typeof totalsByDtype>; parameters: number }) {
  return (
    <div className="dtypes">
      <div className="dtype-bar" aria-hidden="true">
        {totals.map((total, i) => (
          <span
            key={total.dtype}
            className={`dtype-part tone-${i % 6}`}
            style={{ flexGrow: Math.max(total.parameters, parameters / 400) }}
          />
        ))}
      </div>
      <ul className="row wrap small" aria-label="Parameters by dtype">
        {totals.map((total, i) => (
          <li key={total.dtype} className="row dtype-key">
            <span className={`dot tone-${i % 6}`} aria-hidden="true" />
            <strong>{total.dtype}</strong>
            <span className="muted">
              {formatParameters(total.parameters)} in {plural(total.tensors, 'tensor')},{' '}
              {formatBytes(total.bytes)}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function TensorTable({ tensors, label }: { tensors: readonly TensorInfo[]; label: string }) {
  const [typed, setTyped] = useState('');
  const wanted = useDeferredValue(typed.trim().toLowerCase());
  const shown = useMemo(
    () =>
      wanted === ''
        ? tensors
        : tensors.filter(
            ({ name, dtype }) => name.toLowerCase().includes(wanted) || dtype.toLowerCase() === wanted,
          ),
    [tensors, wanted],
  );
  const columns = useMemo<Column[]>(
    () => [
      {
        id: 'name',
        label: 'Tensor',
        width: widthFor(
          tensors.slice(0, 500).map(({ name }) => name),
          180,
          560,
        ),
        grows: true,
      },
      { id: 'dtype', label: 'Dtype', width: 84 },
      { id: 'shape', label: 'Shape', width: 170 },
      { id: 'parameters', label: 'Parameters', width: 120, right: true },
      { id: 'bytes', label: 'Size', width: 96, right: true },
    ],
    [tensors],
  );
  return (
    <>
      <div className="viewer-bar">
        <SearchField
          className="filter"
          label="Find tensors by name or dtype"
          value={typed}
          onChange={setTyped}
        />
        <span className="muted small" role="status">
          {wanted === ''
            ? plural(tensors.length, 'tensor')
            : `${formatExact(shown.length)} of ${formatExact(tensors.length)}`}
        </span>
        <span className="grow" />
        <CopyButton text={tensors.map(({ name }) => name).join('\n')} label="Copy all names" />
      </div>
      {shown.length === 0 ? (
        <p className="viewer-pad muted">No tensor is called so.</p>
      ) : (
        <VirtualTable
          label={label}
          columns={columns}
          rows={shown.length}
          cell={(row, column) => tensorCell(shown[row], column)}
        />
      )}
    </>
  );
}

function tensorCell(tensor: TensorInfo | undefined, column: number) {
  if (!tensor) return null;
  if (column === 0)
    return (
      <code className="truncate" title={tensor.name}>
        {tensor.name}
      </code>
    );
  if (column === 1) return tensor.dtype;
  if (column === 2)
    return <code>{tensor.shape.length === 0 ? 'scalar' : `[${tensor.shape.join(', ')}]`}</code>;
  return column === 3 ? formatExact(tensor.parameters) : formatBytes(tensor.bytes);
}
