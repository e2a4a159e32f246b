// SPDX-License-Identifier: Apache-2.0
// A Chromium, signed-in pages, the interface behind them, and lines of results. People sign in once per run.
import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';

const require = createRequire(new URL('../../ui/package.json', import.meta.url));
const { chromium } = require('playwright-core');
export const axePath = require.resolve('axe-core/axe.min.js');
export const base = process.env.BASE ?? 'http://127.0.0.1:8420';
/** SLOW=400: each answer takes up to so many ms longer, so that what does not wait for it is found. */
const slow = Number(process.env.SLOW ?? 0);
/** BUSY=6: the browser computes so many times slower, as on a machine that much else keeps busy. */
const busy = Number(process.env.BUSY ?? 0);
export const password = 'northlake-demo-2026';
export const emailOf = (who) => (who.includes('@') ? who : `${who}@northlake.example`);

export async function open() {
  const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
  return chromium.launch({
    executablePath,
    args: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

const known = new Map();
/** Everybody signs in anew from now on: sessions do not last for ever. */
export const signedOut = () => known.clear();
async function cookiesOf(context, who, secret) {
  if (!known.has(who)) {
    const reply = await context.request.post(`${base}/api/v1/session`, { data: { email: emailOf(who), password: secret } });
    if (reply.status() !== 201) throw new Error(`${who} cannot sign in: ${reply.status()}`);
    known.set(who, { cookies: await context.cookies(), csrf: (await reply.json()).csrf });
  } else await context.addCookies(known.get(who).cookies);
  return known.get(who).csrf;
}

/** A page in a context of its own, signed in as `who` (nobody when null). What the page complains about
    collects in page.complaints; page.api speaks to the server as the same person. */
export async function signedIn(browser, who, { lang = 'en', theme = 'light', width = 1280, height = 900, secret = password } = {}) {
  const context = await browser.newContext({
    viewport: { width, height }, colorScheme: theme, reducedMotion: 'reduce',
    locale: lang === 'zh' ? 'zh-CN' : 'en-GB', acceptDownloads: true,
  });
  // As if the person had chosen the language before; what they choose on the page afterwards stays.
  await context.addInitScript((l) => { try { if (!localStorage.getItem('aimwell.lang')) localStorage.setItem('aimwell.lang', l); } catch { /* about:blank keeps nothing */ } }, lang);
  if (slow) await context.addInitScript((most) => {
    const fetched = window.fetch;
    window.fetch = async (...what) => {
      const reply = await fetched(...what);
      await new Promise((later) => setTimeout(later, Math.random() * most));
      return reply;
    };
  }, slow);
  const csrf = who ? await cookiesOf(context, who, secret) : '';
  const page = await context.newPage();
  if (busy) await (await context.newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate: busy });
  page.setDefaultTimeout(10000);
  page.complaints = [];
  page.on('console', (m) => { if (m.type() === 'error' && !/status of 4\d\d/.test(m.text())) page.complaints.push(m.text()); });
  page.on('pageerror', (e) => page.complaints.push(e.message));
  page.api = async (method, path, data, headers = {}) => {
    const reply = await context.request.fetch(`${base}/api/v1${path}`, {
      method, data, headers: { ...(method === 'GET' ? {} : { 'x-csrf-token': csrf }), ...headers },
    });
    const text = await reply.text();
    const body = text && /json/.test(reply.headers()['content-type'] ?? '') ? JSON.parse(text) : text;
    return { status: reply.status(), body };
  };
  /** The same, but a refusal is a failure of the test. */
  page.ask = async (method, path, data, headers) => {
    const { status, body } = await page.api(method, path, data, headers);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(body).slice(0, 600)}`);
    return body;
  };
  return page;
}

/** The page has nothing more to load: live pages keep a stream open, so the network never falls silent. */
export async function settled(page) {
  await page.waitForFunction(() => {
    const main = document.querySelector('main');
    // While the next page is fetched the one before still stands there.
    return main?.querySelector('h1') && main.getAttribute('aria-busy') !== 'true' && !main.querySelector('.skel, [aria-busy="true"]');
  }, null, { timeout: 15000 });
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}
export async function visit(page, path) {
  await page.goto(base + path);
  await settled(page);
}

export function equal(found, wanted, what = 'value') {
  if (JSON.stringify(found) !== JSON.stringify(wanted))
    throw new Error(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);
}
export function truth(value, what) {
  if (!value) throw new Error(what);
}
/** Waits until `read` gives `wanted`; says what it gave last. */
export async function becomes(read, wanted, what = 'value', timeout = 8000) {
  const end = Date.now() + timeout;
  let last;
  while (Date.now() < end) {
    last = await read();
    if (wanted instanceof RegExp ? wanted.test(String(last)) : JSON.stringify(last) === JSON.stringify(wanted)) return last;
    await new Promise((later) => setTimeout(later, 50));
  }
  throw new Error(`${what}: ${JSON.stringify(last)} never became ${wanted instanceof RegExp ? wanted : JSON.stringify(wanted)}`);
}

/** The question for a file that `act` brings up. The browser has to know that we want it before it is asked: the wish and the
 * key that follows it travel apart, and a dialog of its own that came up meanwhile is never closed. Null when none came. */
export async function fileAsked(page, act, most = 10000) {
  const asked = page.waitForEvent('filechooser', { timeout: most }).catch(() => null);
  await page.evaluate(() => 0);
  await act();
  return asked;
}
/** Counts what the hand does: clicks and keys, not what is typed into a field. */
export function hand(page) {
  const self = {
    n: 0,
    click: async (locator, options) => { self.n++; await locator.click(options); },
    key: async (key) => { self.n++; await page.keyboard.press(key); },
  };
  return self;
}

let failures = 0;
const only = process.env.ONLY ? new RegExp(process.env.ONLY) : null;
/** One line of result; says whether it went well, for tests that others stand on. */
export async function test(name, run) {
  if (only && !only.test(name)) return true;
  try {
    await run();
    console.log(`ok ui ${name}`);
    return true;
  } catch (e) {
    failures++;
    console.error(`${name}: ${e.stack ?? e}`);
    console.log(`not ok ui ${name}`);
    return false;
  }
}
export const done = () => { process.exitCode = failures ? 1 : 0; };
