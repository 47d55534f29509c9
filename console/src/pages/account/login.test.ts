import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { oauthProblems } from './login';

/** Those that the hub sends browsers here with, as its document lists them. */
const described = /CODE is one of ([\s\S]*?)\n +security:/.exec(readFileSync('../api/openapi.yaml', 'utf8'));
const codes = [...(described?.[1] ?? '').matchAll(/`([a-z_]+)`/g)].map(([, code]) => code);

test('whatever goes wrong at another provider is explained', () => {
  expect(codes.length).toBeGreaterThan(10);
  expect(Object.keys(oauthProblems).sort()).toEqual(codes.sort());
});
