/** Amounts of siacoin. indexd tells them in hastings, 10^24 of which are one. */
const hastingsPerCoin = 1e24;
const blocksPerMonth = 4320; // One in ten minutes, thirty days.
const terabyte = 1e12;

export const coins = (hastings: string): number => Number(hastings) / hastingsPerCoin;

export function formatCoins(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0 SC';
  if (value < 0.01) return '< 0.01 SC';
  const digits = value < 1 ? 2 : value < 100 ? 1 : 0;
  return `${value.toLocaleString('en', { maximumFractionDigits: digits })} SC`;
}

/** Of hastings per byte and block. */
export const storagePerMonth = (price: string): number =>
  (Number(price) * terabyte * blocksPerMonth) / hastingsPerCoin;
/** Of hastings per byte. */
export const trafficPerTerabyte = (price: string): number => (Number(price) * terabyte) / hastingsPerCoin;
