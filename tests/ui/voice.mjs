// SPDX-License-Identifier: Apache-2.0
// Whoever has no account reports something, keeps the code, and talks with those who look into it; in both
// languages, on a telephone, without a cookie and without anything left in the browser.
import { readFileSync } from 'node:fs';
import { axePath, base, done, equal, open, signedIn, test, truth, visit } from './browser.mjs';

const browser = await open();
const axe = readFileSync(axePath, 'utf8');
async function clean(page, where) {
  await page.evaluate(axe);
  const wrong = await page.evaluate(async () => (await globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })).violations.map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 160)}`));
  equal(wrong, [], `what axe found on ${where}`);
}
const narrow = async (page, where) => truth(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${where} is no wider than the window`);
const picture = async (page, name) => process.env.PICTURES && page.screenshot({ path: `${process.env.PICTURES}/voice-${name}.png`, fullPage: true });
async function stranger(look = {}) {
  const context = await browser.newContext({ viewport: { width: look.width ?? 1280, height: 900 }, locale: look.lang === 'zh' ? 'zh-CN' : 'en-GB', reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(10000);
  page.complaints = [];
  page.on('console', (m) => { if (m.type() === 'error' && !/status of 4\d\d/.test(m.text())) page.complaints.push(m.text()); });
  page.on('pageerror', (e) => page.complaints.push(e.message));
  return page;
}
const mayBe = (page) => page.getByRole('link', { name: 'Report something' });

await test('while nothing is open the sign-in page leads nowhere else, and the page says so', async () => {
  const page = await stranger();
  await page.goto(`${base}/login`);
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  equal(await mayBe(page).count(), 0, 'links to the reports');
  await page.goto(`${base}/report`);
  await page.getByText('Nothing can be reported here at the moment.').waitFor();
  await clean(page, 'the closed page');
  await page.context().close();
});
await test('who runs the organisation opens it, and sees the address to make known', async () => {
  const page = await signedIn(browser, 'lin');
  await visit(page, '/settings');
  const box = page.locator('section', { has: page.getByRole('heading', { name: 'Reports from people without an account' }) });
  await box.getByLabel('Concern').check();
  await box.getByText(`${base}/report`).waitFor();
  await box.getByLabel('Report from outside').check();
  await page.locator('.toast').last().waitFor();
  await clean(page, 'settings');
  await picture(page, 'settings');
  equal(page.complaints, [], 'complaints');
  await page.context().close();
});
let code = '';
for (const look of [{}, { lang: 'zh', width: 360 }])
  await test(`a concern is raised without an account (${look.lang ?? 'en'})`, async () => {
    const zh = look.lang === 'zh', page = await stranger(look);
    await page.goto(`${base}/login`);
    await page.getByRole('link', { name: zh ? '提交报告' : 'Report something' }).click();
    await page.locator('.kinds a').first().waitFor();
    await narrow(page, 'the choice');
    await clean(page, 'the choice');
    await picture(page, `choice-${look.lang ?? 'en'}`);
    await page.getByRole('link', { name: zh ? '关切事项' : 'Concern', exact: true }).click();
    await page.locator('#f-title').waitFor();
    truth(page.url().endsWith('/report/concern'), 'the form has an address of its own');
    await page.locator('form button[type=submit]').click();
    await page.locator('#wrong-description').waitFor();
    equal(await page.locator('.field .error').count(), 4, 'what is missing is said at once');
    await page.locator('#f-title').fill('Bias tests are skipped');
    await page.locator('#f-description').fill('We are told to leave out the bias test.');
    await page.locator('#f-urgent').selectOption('no');
    await page.locator('#f-about_people input').last().check();
    await narrow(page, 'the form');
    await clean(page, 'the form');
    await picture(page, `form-${look.lang ?? 'en'}`);
    await page.locator('form button[type=submit]').click();
    await page.locator('#code').waitFor();
    code = await page.locator('#code').innerText();
    truth(/^([0-9A-Z]{4}-){5}[0-9A-Z]{4}$/.test(code), `a code: ${code}`);
    truth(!page.url().includes(code), 'the code is in no address');
    await narrow(page, 'the code');
    await clean(page, 'the code');
    await picture(page, `code-${look.lang ?? 'en'}`);
    equal(await page.context().cookies(), [], 'cookies');
    truth(!(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state]))).includes(code), 'the code is kept in no browser');
    await page.reload();
    await page.locator('#f-title').waitFor();
    equal(await page.getByText(code).count(), 0, 'the code after it was shown');
    equal(page.complaints, [], 'complaints');
    await page.context().close();
  });
await test('both sides talk, and comments stay inside', async () => {
  const page = await stranger();
  await page.goto(`${base}/report/case`);
  await page.getByLabel('Your code').fill('0000');
  await page.getByRole('button', { name: 'Open' }).click();
  await page.getByText('there is no case with this code').waitFor();
  await clean(page, 'a wrong code');
  const made = await page.context().request.post(`${base}/api/v1/public/external_report`, { data: { title: 'Wrong refusals', report: 'Three renters were refused.', from_whom: 'affected', urgent: 'no' } });
  const one = (await made.json()).case;
  await page.getByLabel('Your code').fill(one.toLowerCase().replaceAll('-', ' '));
  await page.getByRole('button', { name: 'Open' }).click();
  await page.getByText('Report received', { exact: true }).waitFor();
  await page.getByLabel('Write to those who look into it').fill('It is the second time.');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.locator('.talk .mine').waitFor();
  const inside = await signedIn(browser, 'lin');
  const found = await inside.ask('GET', '/external_report?q=refusals');
  await visit(inside, `/k/external_report/${found.items[0].key}`);
  await inside.ask('POST', `/external_report/${found.items[0].key}/comments`, { body: 'Between us' });
  const box = inside.locator('#part-mailbox');
  await box.getByText('It is the second time.').waitFor();
  await box.getByLabel('Write to the reporter').fill('Which system is it?');
  await box.getByRole('button', { name: 'Send to the reporter' }).click();
  await box.getByText('Which system is it?').waitFor();
  const written = await page.context().request.post(`${base}/api/v1/public/case/messages`, { data: { case: one, body: 'The one for rents.' } });
  truth(written.ok(), `what the reporter writes: ${written.status()}`);
  await box.getByText('The one for rents.').waitFor(); // without a reload
  await clean(inside, 'the record');
  await picture(inside, 'inside');
  equal(inside.complaints, [], 'complaints inside');
  await inside.context().close();
  await page.goto(`${base}/report/case`);
  await page.getByLabel('Your code').fill(one);
  await page.getByRole('button', { name: 'Open' }).click();
  await page.getByText('Which system is it?').waitFor();
  equal(await page.getByText('Between us').count(), 0, 'comments outside');
  await clean(page, 'the conversation');
  await narrow(page, 'the conversation');
  await picture(page, 'case');
  equal(page.complaints, [], 'complaints');
  await page.context().close();
});
await browser.close();
done();
