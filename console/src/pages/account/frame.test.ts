import { expect, test } from 'vitest';
import { safeNext } from './frame';

test.each([
  ['/settings?x=1', '/settings?x=1'],
  [null, '/'],
  ['https://evil.example', '/'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['javascript:attack()', '/'],
])('after signing in, %j leads to %j', (next, to) => {
  expect(safeNext(next)).toBe(to);
});
