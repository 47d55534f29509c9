import { AxeBuilder } from '@axe-core/playwright';
import { expect, test as base, type Page } from '@playwright/test';
import { mkdirSync } from 'node:fs';

export const password = 'correct horse battery';
export const model = 'alice/all-MiniLM-L6-v2';
export const showcase = 'alice/showcase';

/**
 * A page that may not do what no page of the console does: print errors, break its Content-Security-Policy, or ask
 * anybody but the hub and its gateways. `expectedErrors` are for tests of failures.
 */
export const test = base.extend<{ expectedErrors: RegExp[]; who: 'alice' | 'keeper' | 'nobody' }>({
  expectedErrors: [[], { option: true }],
  // Each test has a session of its own: the cookie of one that is shared would be out of date once it is renewed.
  who: ['alice', { option: true }],
  page: async ({ page, baseURL, expectedErrors, who }, use) => {
    if (who !== 'nobody') {
      const answer = await page.request.post('/api/session', { data: { name: who, password } });
      expect(answer.status(), await answer.text()).toBe(200);
    }
    const wrong: string[] = [];
    page.on('pageerror', (error) => wrong.push(error.message));
    page.on('console', (message) => {
      // What the browser says about an answer of 4xx is about the hub, not the page.
      if (message.type() === 'error' && !/Failed to load resource/.test(message.text()))
        wrong.push(message.text());
    });
    page.on('request', (request) => {
      const { protocol, origin } = new URL(request.url());
      const own = [baseURL, process.env.SIAHUB_DATA_URL].map((url) => url && new URL(url).origin);
      if (protocol.startsWith('http') && !own.includes(origin)) wrong.push(`asked ${request.url()}`);
    });
    await use(page);
    expect(wrong.filter((text) => !expectedErrors.some((pattern) => pattern.test(text)))).toEqual([]);
  },
});
export { expect };

/** In place of what is in an editor. As a person does it: an editor takes no values from outside. */
export async function write(page: Page, label: string, text: string): Promise<void> {
  await page.getByLabel(label).click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type(text);
}

/** Until nothing on the page is a placeholder any more. */
export async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  await expect(page.locator('.skeleton')).toHaveCount(0);
  await page.evaluate(() => document.fonts.ready);
}

export async function accessible(page: Page, what: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  const told = violations.map(({ id, help, nodes }) => ({
    id,
    help,
    where: nodes.slice(0, 4).map((node) => `${node.target.join(' ')} ${node.failureSummary ?? ''}`),
  }));
  expect(told, what).toEqual([]);
}

const folder = process.env.PAGES_PICTURES ?? 'screenshots';
mkdirSync(folder, { recursive: true });
export const picture = (page: Page, name: string) =>
  page.screenshot({ path: `${folder}/${name}.png`, fullPage: true, animations: 'disabled' });

/** Light, dark and phone: a picture of each, and no page that is wider than its window. */
export async function inEveryLight(page: Page, name: string): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await accessible(page, `${name}, light`);
  await picture(page, `${name}-light`);
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await accessible(page, `${name}, dark`);
  await picture(page, `${name}-dark`);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.setViewportSize({ width: 390, height: 844 });
  await picture(page, `${name}-phone`);
  const wide = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(wide, `${name} is wider than a phone`).toBeLessThanOrEqual(0);
}
