import { Box, Database, LayoutPanelLeft } from 'lucide-react';
import type { RepoKind } from '@/lib/urls';

/**
 * The mark of a namespace: a symmetric 5x5 pattern of its name, in a hue of its own. Nothing is fetched, the same
 * name looks the same on every hub.
 */
export function Seal({ name, size = 20 }: { name: string; size?: number }) {
  let hash = 2166136261;
  for (const char of name.toLowerCase()) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 16777619) >>> 0;
  const hue = hash % 360;
  const cells: [number, number][] = [];
  for (let y = 0; y < 5; y++)
    for (let x = 0; x < 3; x++) {
      hash = Math.imul(hash ^ (hash >>> 13), 1540483477) >>> 0;
      if (hash & 64) {
        cells.push([x, y]);
        if (x < 2) cells.push([4 - x, y]);
      }
    }
  return (
    <svg className="seal" width={size} height={size} viewBox="-0.75 -0.75 6.5 6.5" aria-hidden="true">
      <rect x="-1" y="-1" width="7" height="7" fill={`hsl(${hue} 32% 88%)`} />
      {cells.map(([x, y]) => (
        <rect key={`${x}.${y}`} x={x} y={y} width="1.02" height="1.02" fill={`hsl(${hue} 48% 34%)`} />
      ))}
    </svg>
  );
}

const kindIcons = { model: Box, dataset: Database, space: LayoutPanelLeft };
export function KindIcon({ kind, size = 16 }: { kind: RepoKind; size?: number }) {
  const Icon = kindIcons[kind];
  return <Icon className={`kind-${kind}`} size={size} aria-hidden="true" />;
}
