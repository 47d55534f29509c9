import { formatExact, plural } from '@/lib/format';
import { TableFrame } from '@/ui';
import { ValueCell } from './cell';

export interface MetadataEntry {
  key: string;
  type?: string;
  value: string;
}

export function Metadata({ entries, open }: { entries: readonly MetadataEntry[]; open?: boolean }) {
  if (entries.length === 0) return null;
  const typed = entries.some(({ type }) => type !== undefined);
  return (
    <details className="viewer-pad metadata" open={open ?? entries.length <= 12}>
      <summary>
        Metadata <span className="muted">{plural(entries.length, 'entry', `entries`)}</span>
      </summary>
      <TableFrame label="Metadata">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Key</th>
              {typed ? <th scope="col">Type</th> : null}
              <th scope="col">Value</th>
            </tr>
          </thead>
          <tbody>
            {entries.map(({ key, type, value }) => (
              <tr key={key}>
                <td>
                  <code>{key}</code>
                </td>
                {typed ? <td className="muted nowrap">{type}</td> : null}
                <td className="metadata-value">
                  <ValueCell value={value} column={key} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
    </details>
  );
}

export const listText = (items: readonly unknown[], length: number): string =>
  items.map(String).join(', ') +
  (length > items.length ? `, … ${formatExact(length - items.length)} more` : '');
