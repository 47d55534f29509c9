import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState, type MouseEvent } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { isText, MAX_TEXT } from '@/formats/file-type';
import { formatBytes, plural, pluralExact } from '@/lib/format';
import { CopyButton } from '@/ui';
import Binary from './binary';
import { highlight, type Line } from './highlight';
import { formatLines, parseLines, parseTyped, type LineRange } from './lines';
import { Read, useRead } from './parts';
import type { ViewerProps } from './index';

const decoder = new TextDecoder();

/** The text of a file; null when it is none. */
export async function readText({ reader }: ViewerProps, signal: AbortSignal): Promise<string | null> {
  const bytes = await reader.read(0, Math.min(reader.size, MAX_TEXT), signal);
  return isText(bytes) ? decoder.decode(bytes) : null;
}

export default function CodeViewer(props: ViewerProps) {
  const query = useRead(props.file, 'text', (signal) => readText(props, signal));
  return (
    <Read file={props.file} query={query}>
      {(text) => (text === null ? <Binary {...props} /> : <Source text={text} path={props.file.path} />)}
    </Read>
  );
}

export function Source({ text, path }: { text: string; path: string }) {
  const lines = useMemo(() => {
    const all = highlight(text, path);
    return all.length > 1 && all.at(-1)?.every((token) => token.text === '') ? all.slice(0, -1) : all;
  }, [text, path]);
  const place = useLocation();
  const navigate = useNavigate();
  const marked = parseLines(place.hash);
  const mark = (range: LineRange) =>
    void navigate(
      { hash: formatLines(range), search: place.search },
      { replace: true, preventScrollReset: true },
    );
  return (
    <div className="source">
      <div className="viewer-bar">
        <span className="muted small">
          {plural(lines.length, 'line')} · {formatBytes(new Blob([text]).size)}
        </span>
        <span className="grow" />
        <GoToLine most={lines.length} go={mark} />
        {marked ? (
          <CopyButton
            text={location.origin + place.pathname + place.search + place.hash}
            label="Copy a link to these lines"
          />
        ) : null}
        <CopyButton text={text} label="Copy the file" />
      </div>
      <Lines lines={lines} marked={marked} mark={mark} />
    </div>
  );
}

function GoToLine({ most, go }: { most: number; go: (range: LineRange) => void }) {
  const [typed, setTyped] = useState('');
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault();
        const range = parseTyped(typed);
        if (range) go({ first: Math.min(range.first, most), last: Math.min(range.last, most) });
      }}
    >
      <input
        className="input goto"
        aria-label="Go to a line, or lines as 10-20"
        placeholder="Line"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
    </form>
  );
}

const lineHeight = 21;
// Fewer than this are all in the document: the browser's own search then finds them.
const mostWhole = 3000;

interface LinesProps {
  lines: readonly Line[];
  marked: LineRange | undefined;
  mark: (range: LineRange) => void;
}

function Lines(props: LinesProps) {
  return props.lines.length <= mostWhole ? <AllLines {...props} /> : <ManyLines {...props} />;
}

function AllLines({ lines, marked, mark }: LinesProps) {
  const frame = useRef<HTMLDivElement>(null);
  const first = marked?.first;
  useEffect(() => {
    if (first !== undefined)
      frame.current?.querySelector(`[data-line="${first}"]`)?.scrollIntoView({ block: 'center' });
  }, [first]);
  return (
    <CodeFrame frame={frame} count={lines.length}>
      {lines.map((line, i) => (
        <Row key={i} number={i + 1} line={line} marked={marked} mark={mark} />
      ))}
    </CodeFrame>
  );
}

function ManyLines({ lines, marked, mark }: LinesProps) {
  const frame = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library
  const virtual: Virtualizer<HTMLDivElement, Element> = useVirtualizer({
    count: lines.length,
    getScrollElement: () => frame.current,
    estimateSize: () => lineHeight,
    overscan: 30,
  });
  const first = marked?.first;
  useEffect(() => {
    if (first !== undefined) virtual.scrollToIndex(first - 1, { align: 'center' });
  }, [first, virtual]);
  return (
    <CodeFrame frame={frame} count={lines.length} bounded>
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map((item) => (
          <div key={item.key} className="code-placed" style={{ transform: `translateY(${item.start}px)` }}>
            <Row number={item.index + 1} line={lines[item.index] ?? []} marked={marked} mark={mark} />
          </div>
        ))}
      </div>
    </CodeFrame>
  );
}

function CodeFrame({
  frame,
  count,
  bounded,
  children,
}: {
  frame: React.RefObject<HTMLDivElement | null>;
  count: number;
  bounded?: boolean;
  children: React.ReactNode;
}) {
  return (
    <div
      ref={frame}
      className={bounded ? 'code bounded' : 'code'}
      role="group"
      aria-label={`Source, ${pluralExact(count, 'line')}`}
      // Scrolls sideways, so the keyboard has to reach it.
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
    >
      <div className="code-in">{children}</div>
    </div>
  );
}

function Row({
  number,
  line,
  marked,
  mark,
}: {
  number: number;
  line: Line;
  marked: LineRange | undefined;
  mark: (range: LineRange) => void;
}) {
  const on = marked !== undefined && number >= marked.first && number <= marked.last;
  const click = (event: MouseEvent) => {
    event.preventDefault();
    const from = event.shiftKey && marked ? marked.first : number;
    mark({ first: Math.min(from, number), last: Math.max(from, number) });
  };
  return (
    <div className={on ? 'code-line on' : 'code-line'} data-line={number}>
      {/* Thousands of links would bury what follows them; the field above does the same by keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/anchor-has-content */}
      <a
        className="code-number"
        href={`#L${number}`}
        tabIndex={-1}
        aria-hidden="true"
        data-number={number}
        onClick={click}
      />
      <code>
        {line.length === 0
          ? '\n'
          : line.map((token, i) =>
              token.className === '' ? (
                token.text
              ) : (
                <span key={i} className={token.className}>
                  {token.text}
                </span>
              ),
            )}
      </code>
    </div>
  );
}
