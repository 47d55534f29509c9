import { expect, test } from 'vitest';
import { passwordProblem, safeNext } from './frame';

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

test('passwords that will not do are told before they are sent', () => {
  expect(passwordProblem('short')).toMatch(/10/);
  expect(passwordProblem('long enough', 'long enouhg')).toMatch(/same/);
  expect(passwordProblem('long enough', 'long enough')).toBeNull();
});
