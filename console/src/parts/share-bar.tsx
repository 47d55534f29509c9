/** Parts of a whole as one bar, with the same in words. */
import { formatBytes } from '@/lib/format';
import './parts.css';

export interface BarPart {
  label: string;
  bytes: number;
  tone: 'good' | 'info' | 'warn' | 'bad' | 'plain';
}

export function ShareBar({ parts, label }: { parts: readonly BarPart[]; label: string }) {
  const whole = parts.reduce((sum, part) => sum + part.bytes, 0);
  const shown = parts.filter((part) => part.bytes > 0);
  return (
    <div className="stack tight">
      <div className="share-bar" aria-hidden="true">
        {shown.map((part) => (
          <span
            key={part.label}
            className={part.tone}
            style={{ flexGrow: Math.max(part.bytes / whole, 0.004) }}
          />
        ))}
      </div>
      <ul className="row wrap small share-keys" aria-label={label}>
        {shown.map((part) => (
          <li key={part.label} className="row">
            <span className={`share-dot ${part.tone}`} aria-hidden="true" />
            {part.label}
            <span className="muted num">
              {formatBytes(part.bytes)}, {percent(part.bytes, whole)}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

export function percent(part: number, whole: number): string {
  if (whole === 0) return '0 %';
  const share = (part / whole) * 100;
  if (share > 99.9 && share < 100) return '99.9 %';
  return `${share >= 10 || share === 0 ? Math.round(share) : Number(share.toPrecision(2))} %`;
}
