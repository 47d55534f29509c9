// Writes src/api/schema.d.ts from the API document of this repository.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const source = '../api/openapi.yaml';
if (!existsSync(source)) {
  console.error('there is no api/openapi.yaml');
  process.exit(1);
}
execFileSync('openapi-typescript', [source, '-o', 'src/api/schema.d.ts', '--alphabetize'], {
  stdio: 'inherit',
});
