import { defineConfig, devices } from '@playwright/test';
import { fileURLToPath } from 'node:url';

// tests/e2e/console starts a hub that holds repositories, and says where it is.
const url = process.env.SIAHUB_URL ?? 'http://127.0.0.1:8470';

const chromium = fileURLToPath(new URL('e2e/chromium.sh', import.meta.url));

const onAnyHub = [
  { name: 'accounts', testMatch: 'accounts.setup.ts' },
  {
    name: 'pages',
    testMatch: '*.spec.ts',
    dependencies: ['accounts'],
  },
];
// tests/e2e/sia starts one whose bytes are on Sia.
const onSia = [{ name: 'sia', testMatch: 'sia.ts' }];

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'e2e/.work/results',
  workers: Number(process.env.PLAYWRIGHT_WORKERS ?? 2),
  fullyParallel: true,
  // Against pages that hang, not slow machines: axe alone looks at a map for a minute where much else runs.
  timeout: 300_000,
  expect: { timeout: 60_000 },
  reporter: [['list'], ['json', { outputFile: 'e2e/.work/report.json' }]],
  use: {
    ...devices['Desktop Chrome'],
    baseURL: url,
    viewport: { width: 1280, height: 860 },
    trace: 'retain-on-failure',
    launchOptions: { executablePath: chromium, args: ['--no-sandbox', '--disable-dev-shm-usage'] },
  },
  projects: process.env.SIAHUB_PAGES === 'sia' ? onSia : onAnyHub,
});
