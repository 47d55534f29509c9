/** #L10 and #L10-L20 in addresses, as on huggingface.co and GitHub. */
export interface LineRange {
  first: number;
  last: number;
}

export function parseLines(hash: string): LineRange | undefined {
  const [, from, to] = /^#L(\d{1,9})(?:-L?(\d{1,9}))?$/.exec(hash) ?? [];
  if (from === undefined) return undefined;
  const [a, b] = [Number(from), Number(to ?? from)];
  return a < 1 || b < 1 ? undefined : { first: Math.min(a, b), last: Math.max(a, b) };
}

export function formatLines({ first, last }: LineRange): string {
  return first === last ? `#L${first}` : `#L${first}-L${last}`;
}

/** What people type: 10, 10-20, L10-L20. */
export function parseTyped(text: string): LineRange | undefined {
  return parseLines(
    `#L${text
      .trim()
      .replace(/^[#Ll]+/, '')
      .replace(/\s*[-–:]\s*[Ll]?/, '-L')}`,
  );
}
