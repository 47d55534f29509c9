import { accessible, expect, model, settled, showcase, test, inEveryLight } from './fixtures';

/** What somebody sees and does who is not signed in. */
test.use({ who: 'nobody' });

test('the start page shows the hub and leads to a model', { tag: '@deployment' }, async ({ page }) => {
  await page.goto('/');
  await settled(page);
  await inEveryLight(page, 'home-visitor');
  await page.setViewportSize({ width: 1280, height: 860 });
  await page.getByRole('link', { name: model }).first().click();
  await expect(page).toHaveURL(`/${model}`);
  await expect(page.getByRole('article').getByRole('heading', { level: 1 })).toContainText('MiniLM');
  await expect(page.getByText('22.7M').first()).toBeVisible();
  await expect(page.getByRole('link', { name: 'Settings' })).toHaveCount(0);
});

test('a private repository is as if it were not there', async ({ page }) => {
  await page.goto('/alice/secret');
  await expect(page.getByRole('heading', { name: 'There is nothing at this address' })).toBeVisible();
});

test('settings ask to sign in, and lead back', { tag: '@deployment' }, async ({ page }) => {
  await page.goto('/settings/tokens');
  await expect(page).toHaveURL('/login?next=/settings/tokens');
});

test('a sign-in that a provider broke off is explained', async ({ page }) => {
  await page.goto('/login?error=state_invalid');
  await expect(page.getByRole('alert')).toContainText('Start again from here');
});

test('a hostile card does nothing but be read', async ({ page }) => {
  await page.goto(`/${showcase}`);
  const card = page.getByRole('article');
  await expect(card.getByRole('heading', { name: 'Showcase' })).toBeVisible();
  await settled(page);
  await card.getByText('a trap').click();
  await card.locator('summary').click();
  await expect(card.getByText('Hidden until asked for.')).toBeVisible();
  expect(await page.evaluate(() => (window as unknown as { attacked?: string }).attacked)).toBeUndefined();
  await expect(
    card.locator('script, iframe, form, input:not([type=checkbox]), [style*="fixed"]'),
  ).toHaveCount(0);
});

test.describe('pictures on other hosts', () => {
  test.use({ expectedErrors: [/pictures\.example\.org/] });

  test('are loaded when the reader wants them, and by no link', async ({ page }) => {
    let asked = 0;
    await page.route('https://pictures.example.org/**', (route) => {
      asked += 1;
      const body = '<svg xmlns="http://www.w3.org/2000/svg" width="7" height="5"/>';
      return route.fulfill({ contentType: 'image/svg+xml', body });
    });
    const picture = page.getByRole('article').getByRole('img', { name: 'A picture elsewhere' });
    const wish = page.getByRole('button', { name: 'Show them' });
    await page.goto(`/${showcase}?pictures=elsewhere`);
    await expect(wish).toBeVisible();
    await expect(picture).toHaveCount(0);
    await page.goto(`/${showcase}`);
    await expect(wish).toBeVisible();
    const loaded = await page.evaluate(
      (src) =>
        new Promise<boolean>((done) => {
          const image = new Image();
          image.onload = () => done(true);
          image.onerror = () => done(false);
          image.src = src;
        }),
      'https://pictures.example.org/slipped-through.png',
    );
    expect([loaded, asked], 'the policy holds what the page would not').toEqual([false, 0]);
    await wish.click();
    await expect(picture).toHaveJSProperty('naturalWidth', 7);
    await expect(page).toHaveURL(/pictures=elsewhere$/);
  });
});

test('a card shows formulas, colours, tables and files of its repository', async ({ page }) => {
  await page.goto(`/${showcase}`);
  const card = page.getByRole('article');
  await expect(card.locator('.katex-display')).toBeVisible();
  await expect(card.locator('.hljs-keyword').first()).toBeVisible();
  await expect(card.getByRole('cell', { name: '0.932' })).toBeVisible();
  const drawing = card.getByRole('img', { name: 'A drawing of this repository' });
  await expect(drawing).toHaveJSProperty('naturalWidth', 320);
  await card.getByRole('link', { name: 'a file' }).click();
  await expect(page).toHaveURL(`/${showcase}/blob/main/docs/guide.md`);
  await page.getByRole('link', { name: 'the card' }).click();
  await expect(page).toHaveURL(`/${showcase}/blob/main/README.md`);
});

test('search finds as one types, and the address keeps it', async ({ page }) => {
  await page.goto('/models');
  await page.getByRole('searchbox', { name: 'Search models' }).fill('ranker');
  await expect(page.getByRole('listitem').filter({ hasText: 'bob/sentence-ranker' })).toBeVisible();
  await expect(page.getByRole('listitem').filter({ hasText: 'tiny-llama' })).toHaveCount(0);
  await expect(page).toHaveURL('/models?search=ranker');
  await page.reload();
  await expect(page.getByRole('searchbox', { name: 'Search models' })).toHaveValue('ranker');
});

test('filters narrow the list and can be taken back', async ({ page }) => {
  await page.goto('/models');
  await page
    .getByRole('group', { name: 'Library' })
    .getByRole('button', { name: /diffusers/ })
    .click();
  await expect(page).toHaveURL('/models?library=diffusers');
  await expect(page.getByRole('listitem').filter({ hasText: 'flux-lines' })).toBeVisible();
  await expect(page.getByRole('listitem').filter({ hasText: 'tiny-llama' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Remove the filter diffusers' }).click();
  await expect(page.getByRole('listitem').filter({ hasText: 'tiny-llama' })).toBeVisible();
});

test(
  'the catalogue is searched, narrowed, sorted and read page by page',
  { tag: '@deployment' },
  async ({ page }) => {
    // Pages of two, so that a few models are several pages.
    await page.route(/\/api\/models\?/, (route) => {
      const url = new URL(route.request().url());
      url.searchParams.set('limit', '2');
      return route.continue({ url: url.href });
    });
    const rows = page.locator('.repo-list').getByRole('listitem');
    const ids = async () => (await rows.getByRole('link').allTextContents()).sort();
    await page.goto('/models');
    await expect(rows).toHaveCount(2);
    await accessible(page, 'catalogue');
    const more = page.getByRole('button', { name: 'Show more' });
    for (let shown = 2; await more.isVisible(); shown = await rows.count()) {
      await more.click();
      await expect.poll(async () => (await rows.count()) > shown).toBe(true);
      await expect(page.getByText('Loading…')).toHaveCount(0);
    }
    const all = await ids();
    expect(new Set(all).size).toBe(all.length);
    expect(all).toEqual(expect.arrayContaining([model, 'bob/sentence-ranker', 'bob/tiny-llama']));

    const search = page.getByRole('searchbox', { name: 'Search models' });
    await search.fill('RANKER');
    await expect(rows).toHaveCount(1);
    await expect(page).toHaveURL('/models?search=RANKER');
    expect(await ids()).toEqual(['bob/sentence-ranker']);
    await search.fill('');
    await expect(page).toHaveURL('/models');

    await page
      .getByRole('group', { name: 'Task' })
      .getByRole('button', { name: /Text generation/i })
      .click();
    await expect(rows).toHaveCount(1);
    expect(await ids()).toEqual(['bob/tiny-llama']);
    await page.getByRole('button', { name: /^Remove the filter/ }).click();

    await page.getByLabel('Sort by').selectOption('Most downloads');
    await expect(page).toHaveURL('/models?sort=downloads');
    await expect(rows.first()).toBeVisible();
    const downloads = await page.locator('.repo-row-figures').allTextContents();
    const counts = downloads.map((text) => parseInt(text.trim(), 10));
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
  },
);

test('another branch is a menu away', async ({ page }) => {
  await page.goto(`/${showcase}/tree/main`);
  await page.getByRole('button', { name: /Revision main/ }).click();
  await page.getByRole('menuitem', { name: 'feature/quantised' }).click();
  await expect(page).toHaveURL(`/${showcase}/tree/feature%2Fquantised`);
  await page.getByRole('link', { name: 'train.py', exact: true }).click();
  await expect(page).toHaveURL(`/${showcase}/blob/feature%2Fquantised/train.py`);
});

test('a chosen theme stays', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto('/models');
  await page.getByRole('group', { name: 'Colours' }).getByRole('button', { name: 'Dark' }).click();
  await page.reload();
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('dark');
});

test(
  'the keyboard alone finds a model, reads its files and goes back',
  { tag: '@deployment' },
  async ({ page }) => {
    await page.goto('/');
    await settled(page);
    await page.keyboard.press('Tab');
    await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page.locator('#main')).toBeFocused();
    await page.keyboard.press('/');
    await expect(page.getByRole('combobox', { name: 'Search models, datasets and spaces' })).toBeFocused();
    await page.keyboard.type('minilm');
    await expect(page.getByRole('option', { name: model })).toBeVisible();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(`/${model}`);
    const files = page
      .getByRole('navigation', { name: `Parts of ${model}` })
      .getByRole('link', { name: 'Files' });
    await tabTo(page, files);
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(`/${model}/tree/main`);
    await settled(page);
    const revision = page.getByRole('button', { name: /Revision main/ });
    await tabTo(page, revision);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('menuitem', { name: 'main' })).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(revision).toBeFocused();
    const file = page.getByRole('link', { name: 'config.json', exact: true });
    await tabTo(page, file);
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(`/${model}/blob/main/config.json`);
    await page.goBack();
    await expect(page).toHaveURL(`/${model}/tree/main`);
  },
);

async function tabTo(page: import('@playwright/test').Page, to: import('@playwright/test').Locator) {
  for (let i = 0; i < 60; i++) {
    if (await to.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('the keyboard does not reach it');
}
