import { inEveryLight, model, settled, showcase, test, expect } from './fixtures';

/** Every page of the console that can be looked at without doing anything first. */
const pages: [name: string, path: string, heading: RegExp][] = [
  ['home', '/', /on storage that is yours/],
  ['models', '/models', /Models/],
  ['models-filtered', '/models?search=er&library=transformers', /Models/],
  ['models-none', '/models?search=nothing-is-called-this', /Models/],
  ['datasets', '/datasets', /Datasets/],
  ['spaces', '/spaces', /Spaces/],
  ['model', `/${model}`, /all-MiniLM-L6-v2/],
  ['model-card', `/${showcase}`, /showcase/],
  ['dataset', '/datasets/alice/measurements', /measurements/],
  ['space', '/spaces/alice/demo', /demo/],
  ['empty-repo', '/alice/secret', /secret/],
  ['files', `/${model}/tree/main`, /all-MiniLM-L6-v2/],
  ['files-folder', `/${showcase}/tree/main/docs`, /showcase/],
  ['files-missing', `/${showcase}/tree/main/nowhere`, /showcase/],
  ['file-json', `/${showcase}/blob/main/config.json`, /showcase/],
  ['file-code', `/${showcase}/blob/main/train.py`, /showcase/],
  ['file-markdown', `/${showcase}/blob/main/README.md`, /showcase/],
  ['file-safetensors', `/${model}/blob/main/model.safetensors`, /all-MiniLM/],
  ['file-csv', '/datasets/alice/measurements/blob/main/train.csv', /measurements/],
  ['commits', `/${showcase}/commits/main`, /showcase/],
  ['commits-of-file', `/${showcase}/commits/main/train.py`, /showcase/],
  ['repo-settings', `/${showcase}/settings`, /showcase/],
  ['repo-storage', `/${model}/storage`, /all-MiniLM/],
  ['new-model', '/new', /New model/],
  ['profile', '/alice', /alice/],
  ['organisation', '/acme', /acme/],
  ['settings', '/settings', /Account/],
  ['settings-keys', '/settings/tokens', /Access keys/],
  ['settings-sessions', '/settings/sessions', /Sessions/],
  ['settings-organisations', '/settings/organizations', /Organisations/],
  ['settings-organisation', '/settings/organizations/acme', /acme/],
  ['storage', '/storage', /./],
  ['usage', '/usage', /./],
  ['providers', '/providers', /./],
  ['not-found', '/alice/nothing-here', /nothing at this address/],
];

for (const [name, path, heading] of pages) {
  test(`${name} can be read by everybody, in every light`, async ({ page }) => {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1, name: heading }).first()).toBeVisible();
    await settled(page);
    await inEveryLight(page, name);
  });
}

test('a commit shows its lines, and how much of a large file was new', async ({ page }) => {
  await page.goto(`/${showcase}/commits/main`);
  await page.getByRole('link', { name: 'Train for longer' }).click();
  const code = page.getByRole('region', { name: 'train.py' });
  await expect(code.getByText('never the logarithm of nothing')).toBeVisible();
  await expect(
    page.getByRole('region', { name: 'model.bin' }).getByText(/chunks? and .* were new/),
  ).toBeVisible();
  await settled(page);
  await inEveryLight(page, 'commit');
});

test('pages do not move while they load', async ({ page }) => {
  await page.addInitScript(() => {
    const held = window as unknown as { shift: number };
    held.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & {
        value: number;
        hadRecentInput: boolean;
      })[])
        if (!entry.hadRecentInput) held.shift += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  for (const path of ['/', '/models', `/${model}`, `/${model}/tree/main`, `/${showcase}`]) {
    await page.goto(path);
    await settled(page);
    const shift = await page.evaluate(() => (window as unknown as { shift: number }).shift);
    expect(shift, path).toBeLessThan(0.1);
  }
});
