// SPDX-License-Identifier: Apache-2.0
// A Chromium, a signed-in page, and lines of results.
import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
const require = createRequire(new URL('../../ui/package.json', import.meta.url));
const { chromium } = require('playwright-core');
export const axePath = require.resolve('axe-core/axe.min.js');
export const base = process.env.BASE ?? 'http://127.0.0.1:8420';
const password = 'northlake-demo-2026';

export async function open() {
  const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
  return chromium.launch({
    executablePath,
    args: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

/** A page signed in as `who`@northlake.example; complaints of the page collect in page.complaints. */
export async function signedIn(browser, who, { lang = 'en', theme = 'light', width = 1280, height = 900 } = {}) {
  const context = await browser.newContext({
    viewport: { width, height }, colorScheme: theme, reducedMotion: 'reduce',
    locale: lang === 'zh' ? 'zh-CN' : 'en-GB', bypassCSP: false,
  });
  if (who) {
    const reply = await context.request.post(`${base}/api/v1/session`, { data: { email: `${who}@northlake.example`, password } });
    if (reply.status() !== 201) throw new Error(`${who} cannot sign in: ${reply.status()}`);
    const { csrf } = await reply.json();
    await context.request.patch(`${base}/api/v1/session`, { data: { lang }, headers: { 'x-csrf-token': csrf } });
  }
  const page = await context.newPage();
  page.complaints = [];
  page.on('console', (m) => { if (m.type() === 'error' && !/status of 4\d\d/.test(m.text())) page.complaints.push(m.text()); });
  page.on('pageerror', (e) => page.complaints.push(e.message));
  return page;
}

/** The page has nothing more to load: live pages keep a stream open, so the network never falls silent. */
export async function settled(page) {
  await page.waitForLoadState('domcontentloaded');
  await page.waitForFunction(() => document.querySelector('main h1, main [data-ready]') && !document.querySelector('main [aria-busy="true"]'),
    null, { timeout: 15000 });
  await page.waitForTimeout(150);
}

let failures = 0;
export async function test(name, run) {
  try {
    await run();
    console.log(`ok ui ${name}`);
  } catch (e) {
    failures++;
    console.error(`${name}: ${e.stack ?? e}`);
    console.log(`not ok ui ${name}`);
  }
}
export const done = () => { process.exitCode = failures ? 1 : 0; };
