import { expect, inEveryLight, settled, test } from './fixtures';

/** What alice does with what is hers. */

test(
  'a key is shown once, works, and is worthless once revoked',
  { tag: '@deployment' },
  async ({ page, playwright, baseURL }) => {
    await page.goto('/settings/tokens');
    await page.getByRole('button', { name: 'New key' }).click();
    const dialog = page.getByRole('dialog', { name: 'New access key' });
    await dialog.getByLabel('Name').fill('from the browser');
    await dialog.getByLabel('It ends').selectOption('30');
    await dialog.getByRole('button', { name: 'Make the key' }).click();
    const made = page.getByRole('region', { name: 'The new key' });
    const key = (await made.locator('pre').first().textContent()) ?? '';
    expect(key).toMatch(/^hf_\w+$/);
    await expect(made.getByText(`hf auth login --token ${key}`)).toBeVisible();
    await settled(page);
    await inEveryLight(page, 'settings-key-made');
    await page.setViewportSize({ width: 1280, height: 860 });
    const program = await playwright.request.newContext({
      extraHTTPHeaders: { Authorization: `Bearer ${key}` },
      ignoreHTTPSErrors: true,
    });
    const whoami = () => program.get(`${baseURL ?? ''}/api/whoami-v2`);
    expect(((await (await whoami()).json()) as { name: string }).name).toBe('alice');
    await page.reload();
    await expect(page.getByText(key)).toHaveCount(0);
    await page
      .getByRole('row', { name: /from the browser/ })
      .getByRole('button', { name: 'Revoke' })
      .click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await expect(page.getByRole('row', { name: /from the browser/ })).toHaveCount(0);
    await expect.poll(async () => (await whoami()).status()).toBe(401);
    await program.dispose();
  },
);

test('a repository is made, renamed, hidden and deleted', async ({ page }) => {
  await page.goto('/new');
  await page.getByLabel('Name').fill('-wrong-');
  await expect(page.getByText('not at the ends')).toBeVisible();
  await page.getByLabel('Name').fill('short-lived');
  await page.getByLabel('Licence').selectOption('mit');
  await page.getByRole('button', { name: 'Make the model' }).click();
  await expect(page).toHaveURL('/alice/short-lived');
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByLabel('Name', { exact: true }).fill('longer-lived');
  await page.getByRole('button', { name: 'Rename' }).click();
  await expect(page).toHaveURL('/alice/longer-lived/settings');
  await page.goto('/alice/short-lived/settings');
  await expect(page).toHaveURL('/alice/longer-lived/settings');
  await page.getByRole('button', { name: 'Make it private' }).click();
  await expect(page.getByText('This model is private.')).toBeVisible();
  await page.getByRole('button', { name: 'Delete…' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText(/That frees/)).toBeVisible();
  await settled(page);
  await inEveryLight(page, 'repo-delete');
  await page.setViewportSize({ width: 1280, height: 860 });
  const forEver = dialog.getByRole('button', { name: 'Delete for ever' });
  await expect(forEver).toBeDisabled();
  await dialog.getByLabel(/Type alice\/longer-lived/).fill('alice/longer-lived');
  await forEver.click();
  await expect(page).toHaveURL('/alice');
  await page.goto('/alice/longer-lived');
  await expect(page.getByRole('heading', { name: 'There is nothing at this address' })).toBeVisible();
});

test('the menu of a user leads everywhere and signs out', { tag: '@deployment' }, async ({ page }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Menu of alice' }).click();
  await page.getByRole('menuitem', { name: 'Profile' }).click();
  await expect(page).toHaveURL('/alice');
  await page.getByRole('button', { name: 'Menu of alice' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('banner').getByRole('link', { name: 'Sign in' })).toBeVisible();
});

test('an organisation is made, gains a member and is deleted', async ({ page }) => {
  await page.goto('/settings/organizations');
  await page.getByRole('button', { name: 'New organisation' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: false }).first().fill('seaside');
  await dialog.getByRole('button', { name: 'Make it' }).click();
  await expect(page).toHaveURL('/settings/organizations/seaside');
  await page.getByLabel('User name').fill('bob');
  await page.getByRole('button', { name: 'Add' }).click();
  await expect(page.getByRole('row', { name: /bob/ })).toBeVisible();
  await page.getByRole('button', { name: 'Delete…' }).click();
  const question = page.getByRole('dialog', { name: 'Delete the organisation seaside?' });
  await expect(question.getByText(/2 memberships will end/)).toBeVisible();
  await settled(page);
  await inEveryLight(page, 'settings-organisation-delete');
  await page.setViewportSize({ width: 1280, height: 860 });
  await question.getByLabel('Type seaside to go on').fill('seaside');
  await question.getByRole('button', { name: 'Delete for ever' }).click();
  await expect(page).toHaveURL('/settings/organizations');
  await expect(page.getByRole('link', { name: 'seaside' })).toHaveCount(0);
  await page.goto('/seaside');
  await expect(page.getByRole('heading', { name: 'There is nothing at this address' })).toBeVisible();
});
