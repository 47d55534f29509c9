import { randomBytes } from 'node:crypto';
import { expect, inEveryLight, settled, test, write } from './fixtures';

/** Files from the browser into a repository, through Xet, with the session of the page. */
const repo = 'alice/from-the-browser';

// Tens of megabytes, in a browser that shares the machine with the hub.
test.describe.configure({ mode: 'serial', timeout: 240_000 });

test(
  'a folder of files is uploaded, paused and resumed',
  { tag: '@deployment' },
  async ({ page, request, baseURL }) => {
    const made = await request.post('/api/repos/create', {
      headers: { Authorization: `Bearer ${process.env.SIAHUB_KEY ?? ''}` },
      data: { name: 'from-the-browser', type: 'model' },
    });
    expect([200, 409], 'made, or there since a run before').toContain(made.status());
    const weights = randomBytes(24_000_000);
    const sent: string[] = [];
    page.on('request', (asked) => {
      if (asked.method() === 'POST') sent.push(new URL(asked.url()).pathname);
    });
    await page.goto(`/${repo}/upload/main`);
    await settled(page);
    await inEveryLight(page, 'upload');
    await page.setViewportSize({ width: 1280, height: 860 });
    await page
      .getByLabel('Files to upload')
      .first()
      .setInputFiles([
        { name: 'weights.bin', mimeType: '', buffer: weights },
        { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('grün\n') },
      ]);
    await page.getByLabel('Commit message').fill('From the browser');
    await inEveryLight(page, 'upload-chosen');
    await page.setViewportSize({ width: 1280, height: 860 });
    await page.getByRole('button', { name: 'Upload 2 files' }).click();
    await page.getByRole('button', { name: 'Pause' }).click();
    await expect(page.getByText('Paused')).toBeVisible();
    await page.getByRole('button', { name: 'Resume' }).click();
    await expect(page.getByText(/2 files of 24 MB are in main/)).toBeVisible({ timeout: 120_000 });
    expect(sent.some((path) => path.startsWith('/v1/xorbs/'))).toBe(true);
    await inEveryLight(page, 'upload-done');
    const stored = await request.get(`${baseURL ?? ''}/${repo}/resolve/main/weights.bin`);
    expect(Buffer.compare(await stored.body(), weights)).toBe(0);
  },
);

test('what the hub has is not sent again', async ({ page }) => {
  const bytes = randomBytes(12_000_000);
  const upload = async (name: string) => {
    await page.goto(`/${repo}/upload/main/copies`);
    await page.getByLabel('Files to upload').first().setInputFiles({ name, mimeType: '', buffer: bytes });
    await page.getByRole('button', { name: 'Upload 1 file' }).click();
    await expect(page.getByText(/1 file of 12 MB is in main/)).toBeVisible({ timeout: 120_000 });
  };
  await upload('one.bin');
  let xorbs = 0;
  page.on('request', (asked) => {
    if (asked.url().includes('/v1/xorbs/')) xorbs += 1;
  });
  await upload('two.bin');
  expect(xorbs).toBe(0);
  await expect(page.getByText('0 B went over the network')).toBeVisible();
});

test('a text is edited, and what somebody else did meanwhile is not lost unseen', async ({
  page,
  context,
}) => {
  await page.goto(`/${repo}/edit/main/README.md`);
  await write(page, 'Text of README.md', '# Edited\n\nIn the browser.\n');
  await page.getByRole('tab', { name: 'Preview' }).click();
  await expect(page.getByRole('heading', { name: 'Edited' })).toBeVisible();
  await settled(page);
  await inEveryLight(page, 'edit');
  await page.setViewportSize({ width: 1280, height: 860 });
  await page.getByRole('button', { name: 'Commit' }).click();
  await expect(page).toHaveURL(`/${repo}/blob/main/README.md`);
  await expect(page.getByText('In the browser.')).toBeVisible();

  const other = await context.newPage();
  const change = async (where: typeof page, text: string) => {
    await write(where, 'Text of README.md', text);
    await where.getByRole('button', { name: 'Commit' }).click();
  };
  for (const one of [page, other]) {
    await one.goto(`/${repo}/edit/main/README.md`);
    await expect(one.getByLabel('Text of README.md')).toContainText('Edited');
  }
  await change(other, '# First\n');
  await expect(other).toHaveURL(`/${repo}/blob/main/README.md`);
  await change(page, '# Second\n');
  await expect(page.getByText(/Somebody has committed to this branch/)).toBeVisible();
  await inEveryLight(page, 'edit-conflict');
  await page.getByRole('button', { name: 'Commit on top of it' }).click();
  await expect(page.getByRole('heading', { name: 'Second' })).toBeVisible();
  await other.close();
});

test('leaving an edit asks first', async ({ page }) => {
  await page.goto(`/${repo}/edit/main/new.txt`);
  await write(page, 'Text of new.txt', 'unsaved');
  await page.getByRole('link', { name: 'Files', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Leave without committing?' });
  await dialog.getByRole('button', { name: 'Stay' }).click();
  await expect(page.getByLabel('Text of new.txt')).toHaveText('unsaved');
});

test('the keyboard gets into the editor and out of it', async ({ page }) => {
  await page.goto(`/${repo}/edit/main/keys.py`);
  await write(page, 'Text of keys.py', 'def f():');
  const text = page.getByLabel('Text of keys.py');
  await expect(text).toHaveAccessibleDescription(/press Esc and then Tab/);
  await page.keyboard.press('Enter');
  await page.keyboard.type('return 1');
  await page.keyboard.press('Enter');
  const before = await text.textContent();
  await page.keyboard.press('Tab');
  await expect(text).toBeFocused();
  expect(await text.textContent()).not.toBe(before);
  // Colours come from a style sheet that the page's policy admits.
  const colours = await text
    .locator('span')
    .evaluateAll((spans) => new Set(spans.map((span) => getComputedStyle(span).color)).size);
  expect(colours).toBeGreaterThan(1);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  await expect(text).not.toBeFocused();
});
