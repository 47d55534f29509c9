import { defineConfig, devices } from '@playwright/test';
import { fileURLToPath } from 'node:url';

// tests/e2e/console starts a hub that holds repositories, and says where it is.
const url = process.env.SIAHUB_URL ?? 'http://127.0.0.1:8470';

// Each run has its own.
const work = process.env.PAGES_WORK ?? 'e2e/.work';
// On the deployment of several processes only the tests with the tag @deployment are run.
const only = process.env.PAGES_ONLY ? { grep: new RegExp(process.env.PAGES_ONLY) } : {};

const chromium = fileURLToPath(new URL('e2e/chromium.sh', import.meta.url));

const onAnyHub = [
  { name: 'accounts', testMatch: 'accounts.setup.ts' },
  {
    name: 'pages',
    testMatch: '*.spec.ts',
    dependencies: ['accounts'],
    ...only,
  },
];
// tests/e2e/sia starts one whose bytes are on Sia.
const onSia = [{ name: 'sia', testMatch: 'sia.ts' }];

export default defineConfig({
  testDir: 'e2e',
  outputDir: `${work}/results`,
  workers: Number(process.env.PLAYWRIGHT_WORKERS ?? 2),
  fullyParallel: true,
  // Against pages that hang, not slow machines: axe alone looks at a map for a minute where much else runs.
  timeout: 300_000,
  expect: { timeout: 60_000 },
  reporter: [['list'], ['json', { outputFile: `${work}/report.json` }]],
  use: {
    ...devices['Desktop Chrome'],
    baseURL: url,
    // A deployment under test has an authority of its own.
    ignoreHTTPSErrors: url.startsWith('https:'),
    viewport: { width: 1280, height: 860 },
    trace: 'retain-on-failure',
    launchOptions: { executablePath: chromium, args: ['--no-sandbox', '--disable-dev-shm-usage'] },
  },
  projects: process.env.SIAHUB_PAGES === 'sia' ? onSia : onAnyHub,
});
