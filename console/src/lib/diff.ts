/** Reads a unified diff, as the hub answers it: hunks without the lines of file names. */

export interface DiffLine {
  kind: 'added' | 'removed' | 'same' | 'range' | 'note';
  old: number | null;
  new: number | null;
  text: string;
}

const range = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/;

export function parseDiff(diff: string): DiffLine[] {
  const lines: DiffLine[] = [];
  let before = 1;
  let after = 1;
  const all = diff.split('\n');
  if (all.at(-1) === '') all.pop();
  for (const line of all) {
    const hunk = range.exec(line);
    if (hunk) {
      before = Number(hunk[1]);
      after = Number(hunk[2]);
      lines.push({ kind: 'range', old: null, new: null, text: line });
    } else if (line.startsWith('+'))
      lines.push({ kind: 'added', old: null, new: after++, text: line.slice(1) });
    else if (line.startsWith('-'))
      lines.push({ kind: 'removed', old: before++, new: null, text: line.slice(1) });
    else if (line.startsWith('\\')) lines.push({ kind: 'note', old: null, new: null, text: line });
    else lines.push({ kind: 'same', old: before++, new: after++, text: line.slice(1) });
  }
  return lines;
}

export function countChanges(lines: readonly DiffLine[]): { added: number; removed: number } {
  return {
    added: lines.filter((line) => line.kind === 'added').length,
    removed: lines.filter((line) => line.kind === 'removed').length,
  };
}
