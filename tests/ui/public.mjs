// SPDX-License-Identifier: Apache-2.0
// Pages for everybody: who runs the organisation sees what would be shown and opens them; a stranger reads them, reports
// and comes back by the code with JavaScript switched off, in both languages, on a telephone; axe has no complaint.
import { readFileSync } from 'node:fs';
import { axePath, base, becomes, done, equal, open, signedIn, test, truth, visit } from './browser.mjs';

const browser = await open();
const axe = readFileSync(axePath, 'utf8');
async function clean(page, where) {
  await page.evaluate(axe);
  const wrong = await page.evaluate(async () => (await globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })).violations.map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 160)}`));
  equal(wrong, [], `what axe found on ${where}`);
}
const picture = async (page, name) => process.env.PICTURES && page.screenshot({ path: `${process.env.PICTURES}/public-${name}.png`, fullPage: true });
async function stranger({ lang = 'en', width = 1280, script = false, theme = 'light' } = {}) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, locale: lang === 'zh' ? 'zh-CN' : 'en-GB', colorScheme: theme, javaScriptEnabled: script, bypassCSP: script });
  const page = await context.newPage();
  page.setDefaultTimeout(10000);
  return page;
}
const LOOKS = [{}, { lang: 'zh', width: 390 }];
let system;

await test('what a page would show is told before it is opened; the name and the logo change', async () => {
  const page = await signedIn(browser, 'lin');
  const found = await page.ask('GET', '/ai_system?state=operating,pilot&limit=1');
  system = found.items[0];
  await page.ask('PATCH', `/ai_system/${system.id}`, { in_register: true, public_contact: 'ai@northlake.example' }, { 'If-Match': `"${system.version}"` });
  await visit(page, '/settings');
  const box = page.locator('#public-pages'), one = box.locator('#public-register');
  await one.getByText('1 record is shown').waitFor();
  await one.getByText('Shown of each: name · Purpose').waitFor();
  await one.getByRole('button', { name: 'Open to everybody…' }).click();
  await one.getByText('can then be read by everybody').waitFor();
  await clean(page, 'the settings');
  await picture(page, 'settings-asked');
  await one.getByRole('button', { name: 'Open it now' }).click();
  await one.getByRole('link', { name: 'See it as a stranger' }).waitFor();
  await one.getByText('Own words').click();
  await one.getByLabel('English').fill('We use AI **with care**.');
  await one.getByLabel('Chinese').fill('我们**谨慎**使用人工智能。');
  await one.getByRole('button', { name: 'Save the words' }).click();
  await box.getByLabel('Last internal audit').check();
  await page.locator('.toast').last().waitFor();
  await box.getByLabel('Name of the organisation').fill('Northlake Credit & Loans');
  await box.getByRole('button', { name: 'Rename' }).click();
  await page.locator('.brand').getByText('Northlake Credit & Loans').waitFor();
  await box.locator('#house-logo').setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64') });
  await page.locator('.brand img').waitFor();
  await page.emulateMedia({ media: 'print' });
  await becomes(() => page.locator('.paper img').evaluate((img) => img.complete && img.naturalWidth > 0 && img.offsetHeight > 0), true, 'the logo on paper');
  truth(await page.locator('.paper').getByText('Northlake Credit & Loans').isVisible(), 'the name on paper');
  await page.emulateMedia({ media: 'screen' });
  const on = (await page.ask('GET', '/organisation/pages')).on;
  equal(on, ['register'], 'what is open');
  await page.ask('PATCH', '/organisation', { pages: { on: ['register', 'report', 'trust'] }, public: ['concern', 'external_report'] });
  await picture(page, 'settings');
  equal(page.complaints, [], 'complaints');
  await page.context().close();
});
for (const look of LOOKS)
  await test(`without script: the register, the trust page, a report, and back by its code (${look.lang ?? 'en'})`, async () => {
    const zh = look.lang === 'zh', page = await stranger(look);
    const narrow = async (where) => truth((await page.locator('body').boundingBox()).width <= (look.width ?? 1280), `${where} is no wider than the window`);
    await page.goto(`${base}/public/register`);
    await page.getByText(zh ? '我们谨慎使用人工智能' : 'We use AI with care').waitFor();
    await page.getByText(zh ? '1 个条目' : '1 entry, as of').waitFor();
    await narrow('the register');
    await picture(page, `register-${look.lang ?? 'en'}`);
    await page.getByRole('link', { name: system.title }).click();
    await page.getByText('ai@northlake.example').waitFor();
    await narrow('a system');
    await picture(page, `system-${look.lang ?? 'en'}`);
    await page.getByRole('link', { name: zh ? 'English' : '中文' }).click();
    await page.getByRole('link', { name: zh ? 'AI register' : '人工智能登记册' }).waitFor();
    await page.getByRole('link', { name: zh ? '中文' : 'English' }).click();
    await page.getByRole('link', { name: zh ? '我们如何治理人工智能' : 'How we govern AI' }).first().click();
    await page.getByText(zh ? '最近一次报告的内部审核' : 'Last internal audit reported').waitFor();
    await narrow('the trust page');
    await picture(page, `trust-${look.lang ?? 'en'}`);
    await page.getByRole('navigation').getByRole('link', { name: zh ? '提交报告' : 'Report something' }).click();
    await page.getByRole('link', { name: zh ? '关切事项' : 'Concern', exact: true }).click();
    await page.locator('main button').click();
    truth((await page.locator('form .bad').count()) >= 4, 'what is missing is said at once');
    await page.locator('#f-title').fill('Bias tests are skipped');
    await page.locator('#f-description').fill('We are told to\nleave it out.');
    await page.locator('#f-urgent').selectOption('no');
    await page.locator('input[name=about_people]').first().check();
    await narrow('the form');
    await picture(page, `form-${look.lang ?? 'en'}`);
    await page.locator('main button').click();
    const code = await page.locator('.code').innerText();
    truth(/^([0-9A-Z]{4}-){5}[0-9A-Z]{4}$/.test(code), `a code: ${code}`);
    await narrow('the code');
    await picture(page, `code-${look.lang ?? 'en'}`);
    await page.getByRole('link', { name: zh ? '我已记下' : 'I have written it down' }).click();
    await page.locator('#f-case').fill('0000');
    await page.locator('main button').click();
    await page.locator('.note.bad').waitFor();
    await page.locator('#f-case').fill(code.toLowerCase().replaceAll('-', ' '));
    await page.locator('main button').click();
    await page.locator('#f-body').fill('It is the second time.');
    await page.locator('main button').click();
    await page.locator('li.mine').getByText('It is the second time.').waitFor();
    truth(!page.url().includes(code), 'the code is in no address');
    await narrow('the conversation');
    await picture(page, `case-${look.lang ?? 'en'}`);
    equal(await page.context().cookies(), [], 'cookies');
    await page.context().close();
  });
await test('axe has no complaint, in light and dark', async () => {
  for (const theme of ['light', 'dark']) {
    const page = await stranger({ script: true, theme, width: 390 });
    for (const path of ['/public', '/public/register', `/public/register/${system.id}`, '/public/trust', '/public/report', '/public/report/concern', '/public/report/external_report', '/public/case', '/public/nothing']) {
      await page.goto(base + path);
      await clean(page, `${path} (${theme})`);
      truth(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${path} is no wider than the window`);
    }
    if (theme === 'dark') {
      await page.goto(`${base}/public/trust`);
      await picture(page, 'trust-dark');
    }
    await page.context().close();
  }
});
await test('what is taken back, or closed, is gone at once', async () => {
  const inside = await signedIn(browser, 'lin'), page = await stranger();
  const now = await inside.ask('GET', `/ai_system/${system.id}`);
  await inside.ask('PATCH', `/ai_system/${system.id}`, { in_register: false }, { 'If-Match': `"${now.version}"` });
  equal((await page.goto(`${base}/public/register/${system.id}`)).status(), 404, 'a system taken back');
  await inside.ask('PATCH', '/organisation', { pages: { on: [] } });
  for (const path of ['/public', '/public/register', '/public/report', '/public/trust', '/public/case'])
    equal((await page.goto(base + path)).status(), 404, path);
  equal(await page.getByText('Northlake').count(), 0, 'the name of the organisation on a closed page');
  await inside.context().close();
  await page.context().close();
});
await browser.close();
done();
