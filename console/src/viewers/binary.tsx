import { FileBox } from 'lucide-react';
import { extension } from '@/formats/file-type';
import { pluralExact } from '@/lib/format';
import { DownloadLink, useRead } from './parts';
import type { ViewerProps } from './index';

const shown = 256;

const pickles =
  'Weights in PyTorch’s format can run code when they are loaded; a safetensors file of the same model can be looked into here.';
const warned = new Map([
  ['bin', pickles],
  ['pt', pickles],
  ['pth', pickles],
  ['pkl', 'A pickle can run code when it is loaded. Load it only if you trust who uploaded it.'],
]);

export default function Binary({ file, reader }: ViewerProps) {
  const query = useRead(file, 'head', (signal) => reader.read(0, Math.min(shown, reader.size), signal));
  const warning = warned.get(extension(file.path));
  return (
    <div className="state">
      <FileBox aria-hidden="true" />
      <h2>Binary, {pluralExact(file.size, 'byte')}</h2>
      {warning ? <p className="viewer-note">{warning}</p> : null}
      <DownloadLink file={file} />
      {query.data && query.data.length > 0 ? (
        <details className="hex">
          <summary>Its first {pluralExact(query.data.length, 'byte')}</summary>
          {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <pre tabIndex={0} role="group" aria-label="Bytes in hexadecimal">
            {hexDump(query.data)}
          </pre>
        </details>
      ) : null}
    </div>
  );
}

export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const part = [...bytes.subarray(at, at + 16)];
    const hex = part.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = part.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${at.toString(16).padStart(6, '0')}  ${hex.padEnd(47)}  ${text}`);
  }
  return lines.join('\n');
}
