import { describe, expect, test } from 'vitest';
import { countChanges, parseDiff } from './diff';
import { formatBytes, formatDuration, formatParameters, formatRelative } from './format';
import { shownTag, shownTags } from './tags';
import { blobUrl, resolveUrl, treeUrl } from './urls';
import { describeAgent } from './user-agent';
import type { RepoInfo } from '@/api/types';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1 kB'],
  [999_600, '1 MB'],
  [90_900_000, '90.9 MB'],
  [2 ** 50, '1.13 PB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test('parameters and durations in the words that people use', () => {
  expect(formatParameters(22_713_728)).toBe('22.7M');
  expect(formatParameters(7_241_732_096)).toBe('7.24B');
  expect(formatDuration(90)).toBe('2 min');
  expect(formatDuration(200_000)).toBe('2 days');
});

test.each([
  [0, 'just now'],
  [-45, '45 seconds ago'],
  [-3600, '1 hour ago'],
  [-86_400, 'yesterday'],
  [86_400 * 8, 'next week'],
])('%d seconds from now is %s', (seconds, text) => {
  const now = new Date('2026-01-15T12:00:00Z');
  expect(formatRelative(new Date(now.getTime() + seconds * 1000), now)).toBe(text);
});

test('addresses have the shapes of huggingface.co and survive odd names', () => {
  const model = { kind: 'model', id: 'me/m' } as const;
  expect(treeUrl(model, 'feature/x', 'a b/ü')).toBe('/me/m/tree/feature%2Fx/a%20b/%C3%BC');
  expect(blobUrl({ kind: 'dataset', id: 'me/d' }, 'main', 'a?b#c.csv')).toBe(
    '/datasets/me/d/blob/main/a%3Fb%23c.csv',
  );
  expect(resolveUrl({ kind: 'space', id: 'me/s' }, 'main', 'x')).toBe('/spaces/me/s/resolve/main/x');
});

describe('a diff', () => {
  const text = '@@ -1,3 +1,4 @@\n a\n-b\n+c\n+d\n e\n@@ -10 +11 @@\n-x\n+y\n\\ No newline at end of file\n';

  test('has the numbers of both sides', () => {
    const lines = parseDiff(text);
    expect(lines.filter((line) => line.kind === 'added').map((line) => line.new)).toEqual([2, 3, 11]);
    expect(lines.filter((line) => line.kind === 'removed').map((line) => line.old)).toEqual([2, 10]);
    expect(lines.find((line) => line.text === 'e')).toMatchObject({ old: 3, new: 4 });
    expect(countChanges(lines)).toEqual({ added: 3, removed: 2 });
  });
});

test('tags lead to what they mean', () => {
  expect(shownTag('model', 'license:mit')).toMatchObject({
    label: 'mit',
    prefix: 'Licence',
    href: '/models?license=license%3Amit',
  });
  expect(shownTag('model', 'en')).toMatchObject({ label: 'English', href: '/models?language=en' });
  expect(shownTag('model', 'dataset:a/b').href).toBe('/datasets/a/b');
  expect(shownTag('model', 'base_model:a/b').href).toBe('/a/b');
  const info = {
    tags: ['transformers', 'fill-mask', 'region:us', 'sia'],
    library_name: 'transformers',
    pipeline_tag: 'fill-mask',
  };
  expect(shownTags('model', info as RepoInfo).map((tag) => tag.id)).toEqual(['sia']);
});

test('browsers are told apart', () => {
  expect(describeAgent('Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0')).toBe(
    'Firefox on Linux',
  );
  expect(
    describeAgent('Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140 Safari/537.36 Edg/140'),
  ).toBe('Edge on Windows');
  expect(describeAgent('')).toBe('An unknown program');
});
