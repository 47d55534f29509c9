import { inEveryLight, settled, test, expect } from './fixtures';

/** The pages that only an administrator sees. */
test.use({ who: 'keeper' });

for (const [name, path] of [
  ['status', '/status'],
  ['admin-users', '/admin/users'],
  ['admin-organisations', '/admin/organizations'],
  ['admin-invitations', '/admin/invitations'],
  ['admin-events', '/admin/events'],
] as const)
  test(`${name} can be read by everybody, in every light`, async ({ page }) => {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await settled(page);
    await inEveryLight(page, name);
  });

test('before a user is deleted the page says what goes and who gets the repositories', async ({ page }) => {
  await page.goto('/admin/users');
  await page.getByRole('button', { name: 'Delete alice' }).click();
  const refusal = page.getByRole('dialog', { name: 'Delete the user alice?' });
  await expect(refusal.getByText('alice is the only administrator of acme')).toBeVisible();
  await refusal.getByRole('button', { name: 'Close' }).last().click();
  await page.getByRole('button', { name: 'Delete bob' }).click();
  const question = page.getByRole('dialog', { name: 'Delete the user bob?' });
  const forEver = question.getByRole('button', { name: 'Delete for ever' });
  await question.getByLabel('Type bob to go on').fill('bob');
  await expect(forEver).toBeDisabled();
  await settled(page);
  await inEveryLight(page, 'admin-user-delete');
  await question.getByLabel('Move the repositories to').fill('nobody-of-this-name');
  await forEver.click();
  await expect(question.getByRole('alert')).toContainText('There is no user or organisation');
  await question.getByRole('button', { name: 'Keep it' }).click();
  await expect(question).toHaveCount(0);
  await expect(page.getByRole('row', { name: /bob/ })).toBeVisible();
});
