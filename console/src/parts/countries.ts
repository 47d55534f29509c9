/** Countries by their two letters. */
const names = new Intl.DisplayNames(['en'], { type: 'region' });

export function countryName(code: string | undefined): string {
  if (!code || !/^[A-Za-z]{2}$/.test(code)) return 'unknown';
  try {
    return names.of(code.toUpperCase()) ?? code;
  } catch {
    return code;
  }
}
