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
