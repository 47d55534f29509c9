/**
 * Bars by day. The chart takes the keyboard's focus: arrows walk through the days, and what the pointer or the
 * keyboard is on is told in a line below, which screen readers read out. The same figures are there as a table.
 */
import { scaleBand, scaleLinear } from 'd3-scale';
import { useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import './parts.css';
import { TableFrame } from '@/ui';

export interface Series {
  label: string;
  values: readonly number[];
}

const height = 170;
const margin = { top: 10, right: 4, bottom: 22, left: 54 };
const tones = ['', ' second', ' third'];

const shortDay = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const longDay = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
});
const asDate = (day: string) => new Date(`${day}T00:00:00Z`);

export function DayChart({
  title,
  days,
  series,
  format,
  note,
}: {
  title: string;
  /** ISO dates, oldest first. */
  days: readonly string[];
  series: readonly Series[];
  format: (value: number) => string;
  note?: ReactNode;
}) {
  const [on, setOn] = useState<number>();
  const sums = series.map(({ values }) => values.reduce((sum, value) => sum + value, 0));
  const told = (index: number) =>
    `${longDay.format(asDate(days[index] ?? ''))}: ${series.map((one) => `${one.label.toLowerCase()} ${format(one.values[index] ?? 0)}`).join(', ')}`;
  const move = (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      Home: -days.length,
      End: days.length,
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    setOn(Math.min(days.length - 1, Math.max(0, (on ?? (step > 0 ? -1 : days.length)) + step)));
  };
  return (
    <figure className="card chart-card" aria-label={title}>
      <div className="card-head">
        <h3>{title}</h3>
        <span className="row wrap">
          {series.map((one, i) => (
            <span key={one.label} className={`chart-key${tones[i] ?? ''}`}>
              {one.label} <strong className="num">{format(sums[i] ?? 0)}</strong>
            </span>
          ))}
        </span>
      </div>
      <div className="card-body stack tight">
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
        <div
          className="chart-frame"
          role="group"
          aria-label={`${title} by day; the arrow keys walk through the days`}
          // The days are no controls; walking through them tells their figures.
          // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          tabIndex={0}
          onKeyDown={move}
          onBlur={() => setOn(undefined)}
        >
          <Bars days={days} series={series} format={format} on={on} choose={setOn} />
        </div>
        <p className="chart-told" role="status">
          {on === undefined
            ? (note ?? 'Point at a day, or walk through them with the arrow keys.')
            : told(on)}
        </p>
        <ChartTable title={title} days={days} series={series} format={format} />
      </div>
    </figure>
  );
}

/** The width it has on the page; what it would have had in a test. */
function useWidth() {
  const element = useRef<SVGSVGElement>(null);
  const [width, setWidth] = useState(560);
  useLayoutEffect(() => {
    const svg = element.current;
    if (!svg || typeof ResizeObserver === 'undefined') return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry && entry.contentRect.width > 0) setWidth(entry.contentRect.width);
    });
    observer.observe(svg);
    return () => observer.disconnect();
  }, []);
  return { element, width };
}

function Bars({
  days,
  series,
  format,
  on,
  choose,
}: {
  days: readonly string[];
  series: readonly Series[];
  format: (value: number) => string;
  on: number | undefined;
  choose: (index: number | undefined) => void;
}) {
  const { element, width } = useWidth();
  const most = Math.max(1, ...series.flatMap(({ values }) => values));
  const y = scaleLinear([0, most], [height - margin.bottom, margin.top]).nice(4);
  const x = scaleBand(
    days.map((_, i) => i),
    [margin.left, width - margin.right],
  ).paddingInner(0.25);
  const within = scaleBand(
    series.map((_, i) => i),
    [0, x.bandwidth()],
  );
  const every = Math.max(1, Math.ceil(days.length / Math.max(2, Math.floor(width / 90))));
  return (
    <svg
      ref={element}
      className="chart"
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      aria-hidden="true"
      onPointerLeave={() => choose(undefined)}
    >
      {y
        .ticks(4)
        .filter((tick) => most > 3 || Number.isInteger(tick))
        .map((tick) => (
          <g key={tick}>
            <line
              className="grid-line"
              x1={margin.left}
              x2={width - margin.right}
              y1={y(tick)}
              y2={y(tick)}
            />
            <text className="axis-text" x={margin.left - 8} y={y(tick) + 4} textAnchor="end">
              {format(tick)}
            </text>
          </g>
        ))}
      {days.map((day, i) => (
        <g key={day} onPointerEnter={() => choose(i)}>
          <rect
            className={on === i ? 'hover-band' : ''}
            fill="transparent"
            x={x(i)}
            width={x.step()}
            y={margin.top}
            height={height - margin.top - margin.bottom}
          />
          {series.map((one, s) => {
            const top = y(one.values[i] ?? 0);
            return (
              <rect
                key={one.label}
                className={`bar${tones[s] ?? ''}`}
                x={(x(i) ?? 0) + (within(s) ?? 0)}
                width={Math.max(1, within.bandwidth() - (series.length > 1 ? 0.5 : 0))}
                y={top}
                height={Math.max(0, height - margin.bottom - top)}
                rx="1"
              />
            );
          })}
          {(days.length - 1 - i) % every === 0 ? (
            <text
              className="axis-text"
              x={i === days.length - 1 ? width - margin.right : (x(i) ?? 0) + x.bandwidth() / 2}
              y={height - 6}
              textAnchor={i === days.length - 1 ? 'end' : 'middle'}
            >
              {shortDay.format(asDate(day))}
            </text>
          ) : null}
        </g>
      ))}
    </svg>
  );
}

function ChartTable({
  title,
  days,
  series,
  format,
}: {
  title: string;
  days: readonly string[];
  series: readonly Series[];
  format: (value: number) => string;
}) {
  return (
    <details className="chart-table">
      <summary>As a table</summary>
      <TableFrame label={`${title}, table`}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Day</th>
              {series.map((one) => (
                <th key={one.label} scope="col" className="right">
                  {one.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {days.map((day, i) => (
              <tr key={day}>
                <td>{day}</td>
                {series.map((one) => (
                  <td key={one.label} className="right num">
                    {format(one.values[i] ?? 0)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
    </details>
  );
}
