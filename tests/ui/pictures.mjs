// SPDX-License-Identifier: Apache-2.0
// The pictures of the documentation, taken anew from a demo server: BASE=http://… node tests/ui/pictures.mjs
// pngquant, when it is installed, makes them small.
import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { open, settled, signedIn, visit } from './browser.mjs';

const folder = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));
mkdirSync(folder, { recursive: true });
const MOST = 150_000;

const browser = await open();
async function picture(name, who, path, { lang = 'en', theme = 'light', prepare = async () => {} } = {}) {
  const page = await signedIn(browser, who, { lang, theme, width: 1280, height: 800 });
  await visit(page, path);
  await prepare(page);
  await settled(page);
  await page.waitForTimeout(400);
  let bytes = await page.screenshot();
  try {
    bytes = execFileSync('pngquant', ['--quality=70-98', '--speed=1', '--strip', '-'], { input: bytes, maxBuffer: 1 << 24 });
  } catch {
    console.error(`${name}: not made smaller (is pngquant installed?)`);
  }
  writeFileSync(`${folder}${name}.png`, bytes);
  const { size } = statSync(`${folder}${name}.png`);
  console.log(`${name}.png ${size}`);
  if (size > MOST) process.exitCode = 1;
  await page.context().close();
}
const drawn = (page) => page.waitForTimeout(2500);
const first = async (who, question) => {
  const page = await signedIn(browser, who);
  const { items } = await page.ask('GET', question);
  await page.context().close();
  return items[0].key;
};
await picture('today-en', 'lin', '/');
await picture('record-en', 'mei', `/k/ai_system/${await first('mei', '/ai_system?state=deploy_review&limit=1')}`);
await picture('soa-zh', 'lin', '/soa', { lang: 'zh' });
await picture('list-en', 'lin', '/k/risk?current_band=high,very_high,medium&sort=-current');
await picture('readiness-zh', 'lin', '/readiness', { lang: 'zh' });
await picture('map-en-dark', 'tom', '/map', { theme: 'dark' });
await picture('pictures-en', 'chen', '/pictures', { prepare: async (page) => { await page.locator('[data-picture=ageing], .figure').first().scrollIntoViewIfNeeded(); await page.waitForTimeout(1500); } });
await picture('gaps-zh-dark', 'lin', '/gaps', { lang: 'zh', theme: 'dark' });
await picture('steps-en', 'priya', '/k/ai_system/new/steps');
await picture('story-zh', 'lin', `/k/ai_system/${await first('lin', '/ai_system?state=operating&limit=1')}?tab=story`, { lang: 'zh' });
await picture('trace-en', 'lin', '/trace');
await picture('peek-zh-dark', 'lin', '/k/risk', { lang: 'zh', theme: 'dark', prepare: async (page) => { await page.keyboard.press('j'); await page.keyboard.press('p'); await page.waitForTimeout(800); } });
await picture('board-en-dark', 'lin', '/k/nonconformity?shape=board', { theme: 'dark' });
await picture('questions-zh', 'lin', '/ask/gap?step=questions', { lang: 'zh' });
await picture('review-en', 'kim', '/review');
await picture('review-zh-dark', 'kim', '/review', { lang: 'zh', theme: 'dark' });
await picture('monitors-en', 'lin', '/monitors', { prepare: drawn });
await picture('monitors-zh-dark', 'lin', '/monitors', { lang: 'zh', theme: 'dark', prepare: drawn });
await picture('signals-zh', 'lin', '/signals', { lang: 'zh' });
const system = await first('lin', '/ai_system?q=CV&limit=1');
const answer = (keys) => async (page) => { for (const key of keys) { await page.locator('.decide h2').waitFor(); await page.waitForTimeout(400); await page.keyboard.press(key); } await page.waitForTimeout(1200); };
await picture('classify-en', 'lin', `/ask/eu-ai-act?about=${system}`, { prepare: answer('12nn4') });
await picture('classify-zh', 'lin', `/ask/eu-ai-act?about=${system}`, { lang: 'zh', prepare: answer('1ynn') });
await browser.close();
