/** Cells of tables as text. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return String(value);
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? '' : value.toISOString().replace('.000Z', 'Z');
  if (value instanceof Uint8Array) return bytesText(value);
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'bigint' ? Number(part) : part instanceof Uint8Array ? bytesText(part) : part,
  );
}

function bytesText(bytes: Uint8Array): string {
  const head = [...bytes.subarray(0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return bytes.length > 16 ? `${head} … (${bytes.length} bytes)` : head;
}

export const isNumeric = (value: unknown): boolean => typeof value === 'number' || typeof value === 'bigint';
