import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';

/** Where Chromium is, or null: CHROMIUM_PATH, or Debian's own. */
export const chromiumPath = (): string | null =>
  [process.env['CHROMIUM_PATH'], '/usr/bin/chromium'].find((path) => path !== undefined && existsSync(path)) ?? null;

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

export const launchBrowser = (executablePath: string): Promise<Browser> => chromium.launch({ executablePath, headless: true, args: FLAGS });

/** A device of its own: its storage is shared with no other. What goes wrong on its page ends up in `wrong`. */
export const openDevice = async (browser: Browser, address: string, wrong: string[]): Promise<Page> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-US' });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on('pageerror', (error) => wrong.push(error.stack ?? error.message));
  page.on('console', (message) => {
    const lostConnection = message.text().startsWith('Failed to load resource') || message.text().startsWith('WebSocket connection');
    if (message.type() === 'error' && !lostConnection) wrong.push(message.text());
  });
  await page.goto(address);
  return page;
};

export const logIn = async (page: Page, login: { readonly email: string; readonly password: string }): Promise<void> => {
  await page.getByLabel('E-mail').fill(login.email);
  await page.getByLabel('Password').fill(login.password);
  await page.getByRole('button', { name: 'Log in' }).click();
};
