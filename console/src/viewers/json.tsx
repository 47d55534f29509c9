import { ChevronRight } from 'lucide-react';
import { memo, useState } from 'react';
import { FormatError } from '@/formats/errors';
import { parseJsonText, readJsonLines, type Json } from '@/formats/json';
import { formatCount, plural } from '@/lib/format';
import { Button, Notice, Tabs } from '@/ui';
import { readText, Source } from './code';
import { Read, useRead } from './parts';
import type { ViewerProps } from './index';

const step = 100;
/** Records are one line each until they are opened. */
const closed = 2;

export default function JsonViewer(props: ViewerProps) {
  const query = useRead(props.file, 'text', (signal) => readText(props, signal));
  return (
    <Read file={props.file} query={query}>
      {(text) => (
        <Tabs
          label="How to show the file"
          tabs={[
            {
              id: 'tree',
              label: 'Tree',
              content: <Tree text={text ?? ''} complete={props.file.size === new Blob([text ?? '']).size} />,
            },
            { id: 'source', label: 'Source', content: <Source text={text ?? ''} path={props.file.path} /> },
          ]}
        />
      )}
    </Read>
  );
}

function Tree({ text, complete }: { text: string; complete: boolean }) {
  let value: Json;
  try {
    if (!complete)
      throw new FormatError('This file is too large for the tree; its source shows the beginning.');
    value = parseJsonText(text);
  } catch (error) {
    return (
      <div className="viewer-pad">
        <Notice tone="warn">{error instanceof Error ? error.message : String(error)}</Notice>
      </div>
    );
  }
  return (
    <div className="json viewer-pad">
      <Node value={value} depth={0} />
    </div>
  );
}

export function JsonLinesViewer({ file, reader }: ViewerProps) {
  const query = useRead(file, 'lines', (signal) => readJsonLines(reader, signal));
  return (
    <Read file={file} query={query}>
      {({ values, complete }) => (
        <>
          <div className="viewer-bar muted small">
            {complete ? plural(values.length, 'line') : `The first ${plural(values.length, 'line')}`}
          </div>
          <div className="json viewer-pad">
            <Children entries={values.map((value, i) => [String(i + 1), value])} depth={closed} />
          </div>
        </>
      )}
    </Read>
  );
}

const entriesOf = (value: Json[] | { [key: string]: Json }): [string, Json][] =>
  Array.isArray(value) ? value.map((item, i) => [String(i), item]) : Object.entries(value);

const Node = memo(function Node({ name, value, depth }: { name?: string; value: Json; depth: number }) {
  const [open, setOpen] = useState(depth < closed);
  if (typeof value !== 'object' || value === null)
    return (
      <div className="json-leaf">
        {name === undefined ? null : <span className="json-name">{name}</span>}
        <Scalar value={value} />
      </div>
    );
  const entries = entriesOf(value);
  return (
    <div>
      <button type="button" className="json-toggle" aria-expanded={open} onClick={() => setOpen(!open)}>
        <ChevronRight aria-hidden="true" />
        {name === undefined ? null : <span className="json-name">{name}</span>}
        <span className="muted">
          {Array.isArray(value) ? `[${entries.length}]` : `{${entries.length}}`}
          {open ? '' : ` ${summary(entries, Array.isArray(value))}`}
        </span>
      </button>
      {open ? <Children entries={entries} depth={depth + 1} /> : null}
    </div>
  );
});

function Children({ entries, depth }: { entries: readonly [string, Json][]; depth: number }) {
  const [shown, setShown] = useState(step);
  return (
    <ul className="json-children">
      {entries.slice(0, shown).map(([name, value]) => (
        <li key={name}>
          <Node name={name} value={value} depth={depth} />
        </li>
      ))}
      {shown < entries.length ? (
        <li>
          <Button small tone="quiet" onClick={() => setShown(shown + step * 5)}>
            {`${formatCount(entries.length - shown)} more`}
          </Button>
        </li>
      ) : null}
    </ul>
  );
}

function Scalar({ value }: { value: null | boolean | number | string }) {
  const kind = value === null ? 'null' : typeof value;
  return <span className={`json-${kind}`}>{JSON.stringify(value)}</span>;
}

function summary(entries: readonly [string, Json][], list: boolean): string {
  const parts = entries.slice(0, 4).map(([name, value]) => {
    const text =
      typeof value === 'object' && value !== null
        ? Array.isArray(value)
          ? '[…]'
          : '{…}'
        : JSON.stringify(value);
    return list ? text : `${name}: ${text}`;
  });
  const text = parts.join(', ');
  return text.length > 80 || entries.length > 4 ? `${text.slice(0, 80)} …` : text;
}
