import { readSafetensors } from '@/formats/safetensors';
import { formatBytes } from '@/lib/format';
import { Metadata } from './metadata';
import { Read, useRead } from './parts';
import { TensorView } from './tensors';
import type { ViewerProps } from './index';

export default function SafetensorsViewer({ file, reader }: ViewerProps) {
  const query = useRead(file, 'safetensors', (signal) => readSafetensors(reader, signal));
  return (
    <Read file={file} query={query}>
      {(header) => (
        <>
          <TensorView
            tensors={header.tensors}
            label={`Tensors of ${file.path}`}
            facts={[{ label: 'Header', value: formatBytes(header.dataOffset), note: 'all that was fetched' }]}
          />
          <Metadata entries={Object.entries(header.metadata).map(([key, value]) => ({ key, value }))} />
        </>
      )}
    </Read>
  );
}
