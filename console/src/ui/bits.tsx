/** The small parts that most pages use. */
import { Check, Copy } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { formatAbsolute, formatBytes, formatRelative, pluralExact } from '@/lib/format';
import { Button } from './button';

export function CopyButton({ text, label, className }: { text: string; label: string; className?: string }) {
  const [done, setDone] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      copyBySelection(text);
    }
    setDone(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setDone(false), 1600);
  };
  return (
    <Button
      tone="quiet"
      icon
      small
      className={['copy', className].filter(Boolean).join(' ')}
      aria-label={done ? 'Copied' : label}
      title={label}
      onClick={() => void copy()}
    >
      {done ? <Check /> : <Copy />}
    </Button>
  );
}

/** Plain http addresses have no clipboard API; the old way still works there. */
function copyBySelection(text: string) {
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'hidden-visually';
  document.body.append(area);
  area.select();
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  document.execCommand('copy');
  area.remove();
}

export function Command({ children, label = 'Copy the command' }: { children: string; label?: string }) {
  return (
    <div className="command">
      {/* Scrolls sideways, so the keyboard has to reach it. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre tabIndex={0} role="group" aria-label="Command">
        <code>{children}</code>
      </pre>
      <CopyButton text={children} label={label} />
    </div>
  );
}

/** Half a minute is often enough: times are shown in minutes. */
function useNow(every = 30_000): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}

export function RelativeTime({ time }: { time: string | null | undefined }) {
  const now = useNow();
  if (!time) return <span className="muted">never</span>;
  const date = new Date(time);
  return (
    <time dateTime={time} title={formatAbsolute(date)} className="nowrap">
      {formatRelative(date, now)}
    </time>
  );
}

export function Bytes({ value }: { value: number }) {
  return (
    <span className="num nowrap" title={pluralExact(value, 'byte')}>
      {formatBytes(value)}
    </span>
  );
}

export type Tone = 'good' | 'warn' | 'bad' | 'info';

export function Chip({
  tone,
  label,
  children,
  title,
}: {
  tone?: Tone;
  label?: string;
  children: ReactNode;
  title?: string;
}) {
  return (
    <span className={['chip', tone].filter(Boolean).join(' ')} title={title}>
      {label ? <span className="chip-label">{label}</span> : null}
      {children}
    </span>
  );
}

/** An id that is too long to show: its beginning, all of it on hover, and a way to copy it. */
export function Hash({
  value,
  digits = 8,
  label = 'Copy the id',
}: {
  value: string;
  digits?: number;
  label?: string;
}) {
  return (
    <span className="row nowrap">
      <code title={value}>{value.slice(0, digits)}</code>
      <CopyButton text={value} label={label} />
    </span>
  );
}

export function Progress({ value, max, label }: { value?: number; max?: number; label: string }) {
  return <progress className="progress" value={value} max={max ?? 1} aria-label={label} />;
}

export function Skeleton({ width = '100%', height }: { width?: string | number; height?: string | number }) {
  return <span className="skeleton" style={{ width, height }} aria-hidden="true" />;
}

export function SkeletonRows({ rows = 6, height = 44 }: { rows?: number; height?: number }) {
  return (
    <div role="status" aria-label="Loading" className="stack tight">
      {Array.from({ length: rows }, (_, i) => (
        <Skeleton key={i} height={height} />
      ))}
    </div>
  );
}
