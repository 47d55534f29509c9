import { expect, inEveryLight, password, settled, test } from './fixtures';

/** The pages about Sia, on a hub whose bytes are there: run by tests/e2e/sia/test_console_on_sia.py. */
const repo = 'alice/on-sia';

test.describe.configure({ mode: 'serial' });
test.use({ who: 'nobody' });

test('a link lets the administrator in', async ({ page }) => {
  const link = new URL(process.env.SIAHUB_RESET_LINK ?? '');
  await page.goto(link.pathname + link.search);
  await page.getByLabel('New password').fill(password);
  await page.getByLabel('The same again').fill(password);
  await page.getByRole('button', { name: 'Set the password' }).click();
  await expect(page.getByRole('heading', { name: 'The password is set' })).toBeVisible();
});

test.describe('for everybody', () => {
  test('a repository says how much of it is on Sia, and which hosts hold a file', async ({ page }) => {
    await page.goto(`/${repo}/storage`);
    await expect(page.locator('.figure').filter({ hasText: 'On Sia' })).toContainText('100 %');
    await page.getByLabel('File', { exact: true }).selectOption('weights.bin');
    await expect(page.getByRole('img', { name: /hosts in .* hold weights\.bin/ })).toBeVisible();
    const hosts = page.getByRole('group', { name: 'Hosts of the file' });
    expect(await hosts.getByRole('row').count()).toBeGreaterThan(10);
    expect(await page.locator('.map .host').count()).toBeGreaterThan(10);
    await settled(page);
    await inEveryLight(page, 'sia-repo-storage');
  });
});

test.describe('for administrators', () => {
  test.use({ who: 'alice' });

  for (const [name, path, seen] of [
    ['sia-assets', '/storage', /samples? read back/],
    ['sia-providers', '/providers', /take uploads/],
    ['sia-status', '/status', /any 4 of 14 shards/],
    ['sia-usage', '/usage?of=hub', /Reads from Sia/],
  ] as const)
    test(`${name} is shown in every light`, async ({ page }) => {
      await page.goto(path);
      await expect(page.getByText(seen).first()).toBeVisible();
      await settled(page);
      await inEveryLight(page, name);
    });

  test('an asset is followed to the hosts of its shards', async ({ page }) => {
    await page.goto('/storage');
    await page
      .getByRole('button', { name: /^Details of/ })
      .first()
      .click();
    await page.locator('summary').filter({ hasText: /^Slab/ }).first().click();
    const shards = page.locator('.shards').first().locator('li');
    await expect(shards).toHaveCount(14);
    await expect(shards.first()).toBeVisible();
    await page.getByRole('button', { name: 'waiting' }).click();
    await expect(page.getByText('No xorb is waiting')).toBeVisible();
  });

  test('hosts are sorted, and chosen by country', async ({ page }) => {
    await page.goto('/providers');
    const countries = page.getByRole('group', { name: 'Hosts by country' });
    const first = countries.getByRole('row').nth(1).getByRole('button');
    const name = (await first.textContent()) ?? '';
    await first.click();
    await expect(page.getByRole('heading', { name: new RegExp(`Hosts in ${name}`) })).toBeVisible();
    await page.getByRole('button', { name: 'All countries' }).click();
    await page.getByRole('button', { name: 'Latency' }).click();
    await expect(page.getByRole('columnheader', { name: 'Latency' })).toHaveAttribute(
      'aria-sort',
      'ascending',
    );
  });
});
