import { expect, inEveryLight, password, settled, test } from './fixtures';

// One after the other: a hub is set up once.
test.describe.configure({ mode: 'serial' });
test.use({ who: 'nobody' });

const path = (link: string | undefined) => {
  const url = new URL(link ?? '');
  return url.pathname + url.search;
};

test('the printed link makes the first administrator', async ({ page }) => {
  await page.goto(path(process.env.SIAHUB_SETUP_LINK));
  await settled(page);
  await inEveryLight(page, 'setup');
  await page.getByLabel('Name', { exact: true }).fill('keeper');
  await page.getByLabel('Password').fill(password);
  await page.getByLabel('The same again').fill('something else');
  await expect(page.getByText('The two are not the same.')).toBeVisible();
  await page.getByLabel('The same again').fill(password);
  await page.getByRole('button', { name: 'Make the administrator' }).click();
  await expect(page.getByRole('heading', { name: 'Access keys' })).toBeVisible();
});

test('a link sets a password', async ({ page }) => {
  const link = path(process.env.SIAHUB_RESET_LINK);
  await page.goto(link);
  await settled(page);
  await inEveryLight(page, 'reset');
  await page.getByLabel('New password').fill(password);
  await page.getByLabel('The same again').fill(password);
  await page.getByRole('button', { name: 'Set the password' }).click();
  await expect(page.getByRole('heading', { name: 'The password is set' })).toBeVisible();
  await page.goto(link);
  await page.getByLabel('New password').fill(password);
  await page.getByLabel('The same again').fill(password);
  await page.getByRole('button', { name: 'Set the password' }).click();
  await expect(page.getByRole('alert')).toContainText('Links work once');
});

test('a wrong password is explained, the right one signs in', async ({ page }) => {
  await page.goto('/login?next=/settings');
  await settled(page);
  await inEveryLight(page, 'login');
  await page.getByLabel('Name or e-mail address').fill('alice');
  await page.getByLabel('Password').fill('not this one');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await page.getByLabel('Password').fill(password);
  await page.getByLabel('Password').press('Enter');
  await expect(page).toHaveURL(/\/settings$/);
});
