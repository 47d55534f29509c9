/** The storage hosts that can be used: where they are, what they cost, how quick they are, what they hold. */
import { useQuery } from '@tanstack/react-query';
import { Server } from 'lucide-react';
import { lazy, Suspense, useMemo, useState } from 'react';
import { contractsQuery, hostsQuery, type Contract, type Host } from '@/api/operation';
import { useTitle } from '@/app/title';
import { formatBytes, formatExact, plural } from '@/lib/format';
import { AdminOnly } from '@/parts/admin-only';
import { countryName } from '@/parts/countries';
import { Figures } from '@/parts/figures';
import { formatCoins, storagePerMonth, trafficPerTerabyte } from '@/parts/money';
import { percent } from '@/parts/share-bar';
import { SortTable, type SortColumn } from '@/parts/sort-table';
import { shortKey } from '@/parts/xorbs';
import { Button, Chip, CopyButton, EmptyState, ErrorState, Skeleton, SkeletonRows } from '@/ui';
import './providers.css';

const WorldMap = lazy(() => import('@/parts/world-map').then((module) => ({ default: module.WorldMap })));

export function Component() {
  useTitle('Storage providers');
  return (
    <div className="page stack loose">
      <div className="page-head">
        <div>
          <h1>Storage providers</h1>
          <p>The hosts of the Sia network that this hub can use, and what of its data each of them holds.</p>
        </div>
      </div>
      <AdminOnly instead={<p>Which hosts hold a file is shown on the Storage tab of its repository.</p>}>
        <Providers />
      </AdminOnly>
    </div>
  );
}

/** A host with what the hub has with it. */
export interface Provider extends Host {
  bytes: number;
  share: number;
}

export function withShares(hosts: readonly Host[], contracts: readonly Contract[] | null): Provider[] {
  const bytes = new Map<string, number>();
  for (const { host, size } of contracts ?? []) bytes.set(host, (bytes.get(host) ?? 0) + size);
  const whole = [...bytes.values()].reduce((sum, one) => sum + one, 0);
  return hosts.map((host) => {
    const held = bytes.get(host.key) ?? 0;
    return { ...host, bytes: held, share: whole > 0 ? held / whole : 0 };
  });
}

function Providers() {
  const { data: hosts, error, isPending, refetch } = useQuery(hostsQuery);
  const { data: contracts } = useQuery(contractsQuery);
  const providers = useMemo(() => withShares(hosts ?? [], contracts ?? null), [hosts, contracts]);
  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  if (isPending) return <SkeletonRows rows={3} height={160} />;
  if (hosts === null)
    return (
      <div className="card">
        <EmptyState icon={<Server aria-hidden="true" />} title="This hub keeps nothing on Sia">
          <p>
            Set <code>sia.indexd</code> in its configuration and run <code>siahub sia connect</code>; its
            hosts are shown here then.
          </p>
        </EmptyState>
      </div>
    );
  return <Found providers={providers} known={contracts !== null && contracts !== undefined} />;
}

export function Found({ providers, known }: { providers: readonly Provider[]; known: boolean }) {
  const [country, setCountry] = useState<string>();
  const usable = providers.filter((host) => host.good_for_upload);
  const countries = useMemo(() => byCountry(providers), [providers]);
  const shown = country === undefined ? providers : providers.filter((host) => host.country === country);
  const held = providers.reduce((sum, host) => sum + host.bytes, 0);
  const prices = usable.flatMap((host) =>
    host.storage_price === null ? [] : [storagePerMonth(host.storage_price)],
  );
  const delays = usable.flatMap((host) => (host.latency_seconds === undefined ? [] : [host.latency_seconds]));
  const label = `${plural(providers.length, 'host')} in ${plural(countries.length, 'country', 'countries')}`;
  return (
    <>
      <Figures
        label="In sum"
        figures={[
          {
            label: 'Hosts',
            value: formatExact(providers.length),
            note: `${formatExact(usable.length)} ${usable.length === 1 ? 'takes' : 'take'} uploads`,
          },
          { label: 'Countries', value: formatExact(countries.length) },
          {
            label: 'Our data',
            value: known ? formatBytes(held) : '–',
            note: known ? 'with its redundancy, in contracts' : 'needs sia.admin_url',
          },
          {
            label: 'Storage',
            value: prices.length > 0 ? formatCoins(median(prices)) : '–',
            note: 'per TB and month, in the middle',
          },
          {
            label: 'Latency',
            value: delays.length > 0 ? milliseconds(median(delays)) : '–',
            note: 'in the middle',
          },
        ]}
      />
      <div className="card map-card">
        <Suspense fallback={<Skeleton height={420} />}>
          <WorldMap
            label={`${label}, on a map. The tables below say the same.`}
            hosts={shown.map((host) => ({
              key: host.key,
              country: host.country,
              latitude: host.latitude,
              longitude: host.longitude,
              share: host.share,
              usable: host.good_for_upload,
              told: `${shortKey(host.key)}, ${countryName(host.country)}${host.bytes > 0 ? `: ${formatBytes(host.bytes)} of ours` : ''}`,
            }))}
          />
        </Suspense>
      </div>
      <Countries countries={countries} chosen={country} choose={setCountry} />
      <section className="stack" aria-label="Hosts">
        <div className="section-head">
          <h2>
            {country === undefined ? 'Hosts' : `Hosts in ${countryName(country)}`}{' '}
            <span className="muted num">{formatExact(shown.length)}</span>
          </h2>
          {country === undefined ? null : (
            <Button small onClick={() => setCountry(undefined)}>
              All countries
            </Button>
          )}
        </div>
        <SortTable
          label="Hosts"
          rows={shown}
          columns={hostColumns}
          keyOf={(host) => host.key}
          initial={{ id: 'share', down: true }}
          limit={30}
          stacks
        />
      </section>
    </>
  );
}

export interface Country {
  code: string;
  hosts: number;
  usable: number;
  bytes: number;
  share: number;
}

export function byCountry(providers: readonly Provider[]): Country[] {
  const found = new Map<string, Country>();
  for (const host of providers) {
    const one = found.get(host.country) ?? { code: host.country, hosts: 0, usable: 0, bytes: 0, share: 0 };
    one.hosts += 1;
    one.usable += host.good_for_upload ? 1 : 0;
    one.bytes += host.bytes;
    one.share += host.share;
    found.set(host.country, one);
  }
  return [...found.values()].sort((a, b) => b.share - a.share || b.hosts - a.hosts);
}

function Countries({
  countries,
  chosen,
  choose,
}: {
  countries: readonly Country[];
  chosen: string | undefined;
  choose: (code: string | undefined) => void;
}) {
  const columns = useMemo<SortColumn<Country>[]>(
    () => [
      {
        id: 'country',
        label: 'Country',
        by: (one) => countryName(one.code),
        cell: (one) => (
          <button
            type="button"
            className="link-button"
            aria-pressed={chosen === one.code}
            onClick={() => choose(chosen === one.code ? undefined : one.code)}
          >
            {countryName(one.code)}
          </button>
        ),
      },
      {
        id: 'hosts',
        label: 'Hosts',
        right: true,
        down: true,
        by: (one) => one.hosts,
        cell: (one) => formatExact(one.hosts),
      },
      {
        id: 'usable',
        label: 'Take uploads',
        right: true,
        wide: true,
        down: true,
        by: (one) => one.usable,
        cell: (one) => formatExact(one.usable),
      },
      {
        id: 'bytes',
        label: 'Our data',
        right: true,
        down: true,
        by: (one) => one.bytes,
        cell: (one) => formatBytes(one.bytes),
      },
      {
        id: 'share',
        label: 'Share',
        right: true,
        down: true,
        by: (one) => one.share,
        cell: (one) => percent(one.share, 1),
      },
    ],
    [chosen, choose],
  );
  return (
    <section className="stack" aria-label="Countries">
      <h2>Countries</h2>
      <SortTable
        label="Hosts by country"
        rows={countries}
        columns={columns}
        keyOf={(one) => one.code}
        initial={{ id: 'hosts', down: true }}
        limit={8}
        marked={(one) => one.code === chosen}
      />
    </section>
  );
}

const speed = (value: number | undefined) => (value === undefined ? '–' : `${formatBytes(value)}/s`);
const milliseconds = (seconds: number) => `${Math.round(seconds * 1000)} ms`;
const price = (text: string | null, of: (text: string) => number) =>
  text === null ? '–' : formatCoins(of(text));

const hostColumns: SortColumn<Provider>[] = [
  {
    id: 'host',
    label: 'Host',
    by: (host) => host.addresses[0] ?? host.key,
    cell: (host) => (
      <span className="host-name">
        <span className="row nowrap">
          <code title={host.key}>{shortKey(host.key)}</code>
          <CopyButton text={host.key} label="Copy the key" />
        </span>
        <span className="muted small truncate" title={host.addresses.join('\n')}>
          {host.addresses[0]?.replace(/^\w+:\/\//, '') ?? 'no address'}
        </span>
      </span>
    ),
  },
  {
    id: 'country',
    label: 'Country',
    by: (host) => countryName(host.country),
    cell: (host) => countryName(host.country),
  },
  {
    id: 'state',
    label: 'State',
    by: (host) => Number(host.good_for_upload),
    down: true,
    cell: (host) => (
      <span title={host.last_error || undefined}>
        {host.good_for_upload ? <Chip tone="good">takes uploads</Chip> : <Chip tone="warn">not now</Chip>}
      </span>
    ),
  },
  {
    id: 'share',
    label: 'Our data',
    right: true,
    down: true,
    by: (host) => host.bytes,
    cell: (host) => <span title={percent(host.share, 1)}>{formatBytes(host.bytes)}</span>,
  },
  {
    id: 'storage',
    label: 'Per TB, month',
    right: true,
    by: (host) => (host.storage_price === null ? undefined : Number(host.storage_price)),
    cell: (host) => price(host.storage_price, storagePerMonth),
  },
  {
    id: 'egress',
    label: 'Per TB read',
    right: true,
    by: (host) => (host.egress_price === null ? undefined : Number(host.egress_price)),
    cell: (host) => price(host.egress_price, trafficPerTerabyte),
  },
  {
    id: 'latency',
    label: 'Latency',
    right: true,
    by: (host) => host.latency_seconds,
    cell: (host) => (host.latency_seconds === undefined ? '–' : milliseconds(host.latency_seconds)),
  },
  {
    id: 'read',
    label: 'Reads',
    right: true,
    down: true,
    by: (host) => host.read_bytes_per_second,
    cell: (host) => speed(host.read_bytes_per_second),
  },
  {
    id: 'write',
    label: 'Writes',
    right: true,
    down: true,
    by: (host) => host.write_bytes_per_second,
    cell: (host) => speed(host.write_bytes_per_second),
  },
  {
    id: 'failures',
    label: 'Failures',
    right: true,
    down: true,
    by: (host) => host.failure_rate,
    cell: (host) => percent(host.failure_rate, 1),
  },
];

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
