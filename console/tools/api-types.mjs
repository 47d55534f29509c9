// Writes src/api/schema.d.ts from the API document of this repository.
import { execFileSync } from 'node:child_process';

execFileSync('node_modules/.bin/openapi-typescript', ['../api/openapi.yaml', '-o', 'src/api/schema.d.ts'], {
  stdio: ['ignore', 'ignore', 'inherit'],
});
