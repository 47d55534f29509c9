import { expect, inEveryLight, model, settled, showcase, test } from './fixtures';

/** What the viewers make of real files: each format in every light, and what can be done with it. */
const formats = 'alice/formats';

const files: [name: string, file: string, seen: string][] = [
  ['file-gguf', 'small.gguf', 'Q4_K_M'],
  ['file-parquet', 'small.zstd.parquet', 'row 1'],
  ['file-numpy', 'matrix.npy', '2 × 3'],
  ['file-notebook', 'small.ipynb', 'ValueError: no'],
  ['file-jsonl', 'data.jsonl', 'The first 2,000 lines'],
  ['file-image', 'drawing.svg', '320 × 60 pixels'],
  ['file-binary', 'weights.bin', 'Binary, 70,000 bytes'],
];

for (const [name, file, seen] of files)
  test(`${name} is shown in every light`, async ({ page }) => {
    await page.goto(`/${formats}/blob/main/${file}`);
    await expect(page.getByText(seen, { exact: true }).first()).toBeVisible();
    await settled(page);
    await inEveryLight(page, name);
  });

test('of a model file its header is fetched, not its data', { tag: '@deployment' }, async ({ page }) => {
  let bytes = 0;
  page.on('response', (response) => {
    if (response.status() === 206) bytes += Number(response.headers()['content-length'] ?? 0);
  });
  await page.goto(`/${model}/blob/main/model.safetensors`);
  await expect(page.getByText(/^22\.7M/).first()).toBeVisible();
  await page.getByRole('searchbox', { name: /Find tensors/ }).fill('layer.0.attention');
  await expect(page.getByText(/^\d+ of 104$/)).toBeVisible();
  expect(bytes).toBeGreaterThan(1000);
  expect(bytes).toBeLessThan(4_000_000);
});

test('lines of source have addresses', async ({ page }) => {
  await page.goto(`/${showcase}/blob/main/train.py#L4-L6`);
  await expect(page.locator('.code-line.on')).toHaveCount(3);
  await expect(page.locator('.hljs-keyword').first()).toHaveText('import');
  await page.getByLabel(/Go to a line/).fill('1');
  await page.getByLabel(/Go to a line/).press('Enter');
  await expect(page).toHaveURL(/#L1$/);
  await expect(page.locator('.code-line.on')).toHaveText(['import math']);
});

test('rows of a table come as somebody scrolls, by the keyboard too', async ({ page }) => {
  await page.goto(`/${formats}/blob/main/long.csv`);
  const table = page.getByRole('table');
  await expect(page.getByText(/rows read, \d+ % of the file/)).toBeVisible();
  const rows = () => table.getAttribute('aria-rowcount').then(Number);
  const before = await rows();
  await table.focus();
  await expect
    .poll(async () => {
      await page.keyboard.press('End');
      return rows();
    })
    .toBeGreaterThan(before);
});

test('row groups of Parquet are walked through', async ({ page }) => {
  await page.goto(`/${formats}/blob/main/small.zstd.parquet`);
  await page.getByRole('button', { name: 'After' }).click();
  await expect(page.getByText('row 101', { exact: true })).toBeVisible();
  await page.getByLabel('Row group').selectOption({ index: 2 });
  await expect(page.getByText('row 201', { exact: true })).toBeVisible();
});

test('a notebook runs nothing of what is in it', async ({ page }) => {
  await page.goto(`/${formats}/blob/main/small.ipynb`);
  await expect(page.getByRole('heading', { name: 'Title' })).toBeVisible();
  await expect(page.getByText(/application\/javascript is not shown/)).toBeVisible();
  await expect(page.locator('.notebook script')).toHaveCount(0);
  // A picture that was pasted comes from the notebook itself: the policy admits its data.
  await expect(page.getByRole('img', { name: 'A pasted dot' })).toHaveJSProperty('naturalWidth', 1);
});
