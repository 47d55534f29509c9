/**
 * Storage hosts on a map of the world that is drawn from data shipped with the console (Natural Earth's, from
 * world-atlas): nobody else is told what is looked at. It is a picture; the table beside it says the same.
 */
import { geoContains, geoEqualEarth, geoPath } from 'd3-geo';
import { useMemo } from 'react';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import atlas from 'world-atlas/countries-110m.json';
import './parts.css';

export interface MapHost {
  key: string;
  country?: string | undefined;
  latitude?: number | undefined;
  longitude?: number | undefined;
  /** From 0 to 1: how much of what is shown it holds. */
  share: number;
  usable: boolean;
  marked?: boolean;
  told: string;
}

const width = 960;
const height = 440;
const topology = atlas as unknown as Topology<{ countries: GeometryCollection<{ name: string }> }>;
const world = feature(topology, topology.objects.countries);
const lands = {
  ...world,
  features: world.features.filter(({ properties }) => properties.name !== 'Antarctica'),
};
// Turned so that the edge runs through the Bering Strait: at 180° it would cut Fiji and Chukotka in two.
const projection = geoEqualEarth()
  .rotate([-11, 0])
  .fitExtent(
    [
      [4, 4],
      [width - 4, height - 4],
    ],
    lands,
  );
const path = geoPath(projection);
// Drawn once: the land does not move.
const outlines = lands.features.map((land) => ({ land, name: land.properties.name, d: path(land) ?? '' }));

/** By where the hosts are: atlas and operators do not spell countries alike. */
function landsWith(hosts: readonly MapHost[]): Set<string> {
  const points = hosts.flatMap(({ latitude, longitude }) =>
    latitude === undefined || longitude === undefined ? [] : [[longitude, latitude] as [number, number]],
  );
  const holding = outlines.filter(({ land }) => points.some((point) => geoContains(land, point)));
  return new Set(holding.map(({ name }) => name));
}

export function WorldMap({ hosts, label }: { hosts: readonly MapHost[]; label: string }) {
  const placed = useMemo(() => placeHosts(hosts), [hosts]);
  const countries = useMemo(() => landsWith(hosts), [hosts]);
  return (
    <svg className="map" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <rect className="sea" width={width} height={height} />
      {outlines.map(({ name, d }) => (
        <path key={name} className={countries.has(name) ? 'land has' : 'land'} d={d} />
      ))}
      {placed.map(({ host, x, y, radius }) => (
        <circle
          key={host.key}
          className={['host', host.usable ? '' : 'away', host.marked ? 'marked' : '']
            .filter(Boolean)
            .join(' ')}
          cx={x}
          cy={y}
          r={radius}
        >
          <title>{host.told}</title>
        </circle>
      ))}
    </svg>
  );
}

interface Placed {
  host: MapHost;
  x: number;
  y: number;
  radius: number;
}

/** Hosts at one place (a data centre, or an address that is only known by its country) are laid in a spiral. */
export function placeHosts(hosts: readonly MapHost[]): Placed[] {
  const taken = new Map<string, number>();
  const placed: Placed[] = [];
  for (const host of [...hosts].sort((a, b) => b.share - a.share)) {
    if (!Number.isFinite(host.latitude) || !Number.isFinite(host.longitude)) continue;
    const at = projection([host.longitude ?? 0, host.latitude ?? 0]);
    if (!at) continue;
    const cell = `${Math.round(at[0] / 6)},${Math.round(at[1] / 6)}`;
    const before = taken.get(cell) ?? 0;
    taken.set(cell, before + 1);
    const angle = before * 2.4;
    const away = 5.5 * Math.sqrt(before);
    const radius = 3.4 + 12 * Math.sqrt(Math.min(1, Math.max(0, host.share)));
    placed.push({ host, x: at[0] + Math.cos(angle) * away, y: at[1] + Math.sin(angle) * away, radius });
  }
  return placed;
}
