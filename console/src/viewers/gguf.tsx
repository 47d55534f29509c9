import { isArray, quantization, readGguf, type GgufHead, type GgufValue } from '@/formats/gguf';
import { listText, Metadata } from './metadata';
import { Read, useRead, type Fact } from './parts';
import { TensorView } from './tensors';
import type { ViewerProps } from './index';

export default function GgufViewer({ file, reader }: ViewerProps) {
  const query = useRead(file, 'gguf', (signal) => readGguf(reader, signal));
  return (
    <Read file={file} query={query}>
      {(head) => (
        <>
          <TensorView tensors={head.tensors} label={`Tensors of ${file.path}`} facts={factsOf(head)} />
          <Metadata
            entries={head.metadata.map(({ key, type, value }) => ({ key, type, value: valueText(value) }))}
          />
        </>
      )}
    </Read>
  );
}

function factsOf(head: GgufHead): Fact[] {
  const value = (key: string) => head.metadata.find((entry) => entry.key === key)?.value;
  const facts: Fact[] = [];
  const architecture = value('general.architecture');
  if (typeof architecture === 'string') facts.push({ label: 'Architecture', value: architecture });
  const context = typeof architecture === 'string' ? value(`${architecture}.context_length`) : undefined;
  if (typeof context === 'number') facts.push({ label: 'Context', value: `${context}`, note: 'tokens' });
  const quantized = quantization(head);
  if (quantized) facts.push({ label: 'Quantisation', value: quantized });
  return facts;
}

function valueText(value: GgufValue): string {
  if (!isArray(value)) return String(value);
  return listText(
    value.items.map((item) => (isArray(item) ? `[${valueText(item)}]` : item)),
    value.length,
  );
}
