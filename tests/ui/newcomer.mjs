// SPDX-License-Identifier: Apache-2.0
// A newcomer: a folder with nothing in it, a link from the terminal, and a printed brief at the end. What they
// press and click is counted; what they type into fields is not. Then the ways they stray: reload, two tabs, back,
// a starter taken twice, Chinese, keys alone. SETUP is the link that the server printed.
import { readFileSync } from 'node:fs';
import { axePath, base, becomes, done, equal, open, settled, test, truth } from './browser.mjs';

const MOST = 45;
const axeText = readFileSync(axePath, 'utf8');
const browser = await open();
const complaints = [];
async function stranger(more = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB', reducedMotion: 'reduce', ...more });
  const page = await context.newPage();
  page.setDefaultTimeout(10000);
  page.on('console', (m) => { if (m.type() === 'error' && !/status of 4\d\d/.test(m.text())) complaints.push(m.text()); });
  page.on('pageerror', (e) => complaints.push(e.message));
  return page;
}
const page = await stranger();
const link = (process.env.SETUP ?? '').replace(/^https?:\/\/[^/]+/, base);
const secret = 'river table window seven';
let acts = 0;
const click = async (what) => { acts++; await what.click(); };
const tick = async (what) => { acts++; await what.check(); };
const press = async (key) => { acts++; await page.keyboard.press(key); };
const axe = async (where, name) => {
  await where.evaluate(axeText);
  const found = await where.evaluate(async () => (await globalThis.axe.run(document, { resultTypes: ['violations'] })).violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(', ')}`));
  truth(found.length === 0, `${name}: ${found.join(' · ')}`);
};

await test('newcomer the first page offers three ways', async () => {
  await page.goto(link);
  await page.locator('.card').first().waitFor();
  equal(await page.locator('.card').count(), 3, 'ways');
  await axe(page, 'cards');
  await page.locator('.card').nth(2).click();
  await page.getByText('Drop the file here that aimwell backup made.').waitFor();
  await page.getByRole('button', { name: 'Back', exact: true }).click();
});
await test('newcomer a demo runs beside it, with a store of its own', async () => {
  await page.locator('.card').nth(1).click();
  await page.getByRole('button', { name: 'An office that uses AI' }).click();
  const opened = page.getByRole('link', { name: /^Open/ });
  await opened.waitFor({ timeout: 120000 });
  const address = await opened.getAttribute('href');
  truth(/^http:\/\/127\.0\.0\.1:\d+$/.test(address) && !address.startsWith(base), `its address is ${address}`);
  const email = await page.locator('table code').first().innerText();
  const password = await page.locator('p code').innerText();
  const reply = await page.context().request.post(`${address}/api/v1/session`, { data: { email, password } });
  equal(reply.status(), 201, 'log-in to the demo');
  truth((await reply.json()).organisation.demo === true, 'it is no demo');
  await page.getByRole('button', { name: 'Back' }).click();
});
await test(`newcomer from the empty folder to the printed brief in ${MOST} clicks and keys`, async () => {
  acts = 0;
  await click(page.locator('.card').first());
  await page.keyboard.insertText('Ember Clinic');
  await press('Tab');
  await page.keyboard.insertText('Ada First');
  await press('Tab');
  await page.keyboard.insertText('ada@ember.example');
  await press('Tab');
  await page.keyboard.insertText(secret);
  await press('Enter');
  await page.locator('.steps').waitFor();
  await click(page.locator('input[value=uses]'));
  await click(page.locator('input[value=health]'));
  await click(page.getByRole('button', { name: 'Go on' }));
  await page.locator('.ask li input').first().waitFor();
  await tick(page.locator('.ask li input').nth(0));
  await tick(page.locator('.ask li input').nth(1));
  await click(page.getByRole('button', { name: 'Take 2 and go on' }));
  await page.locator('.option').first().waitFor();
  // Chapters 4 to 8 one by one (24 questions), then nothing yet of 9 and 10.
  const said = '423423424242344424423424';
  for (const digit of said) await press(digit);
  await press('n');
  await press('n');
  await page.getByText('32 of 42 answered').waitFor();
  await click(page.getByRole('button', { name: 'See the result' }));
  await page.locator('.head').waitFor();
  await page.evaluate(() => { window.printed = 0; window.print = () => window.printed++; });
  await click(page.getByRole('button', { name: 'Print the brief' }));
  await becomes(() => page.evaluate(() => window.printed), 1, 'printed');
  truth(acts <= MOST, `it took ${acts}`);
  console.log(`# ${acts} clicks and keys`);
});
await test('newcomer the result says what was declared, what is proven, and what to do first', async () => {
  await page.locator('.quiet', { hasText: '0 %' }).waitFor();
  const words = await page.locator('.head').innerText();
  truth(/\d+ %/.test(words) && /32 of 42 questions answered/.test(words) && /0 %/.test(words), words);
  const rows = await page.locator('table tbody tr').count();
  equal(rows, 7, 'chapters with answers');
  truth(await page.locator('.gaps li').count() === 10, 'ten gaps are shown');
  await axe(page, 'result');
  const stored = await page.evaluate(async () => (await fetch('/api/v1/gap_assessment?limit=1')).json());
  const declared = stored.items[0].declared;
  truth(words.includes(`${declared} %`), `the page and the record differ: ${declared}`);
  equal(stored.items[0].answered, 32, 'answers kept');
});
await test('newcomer what was answered is there after a reload, and can be changed', async () => {
  await page.reload();
  await page.locator('.head').waitFor();
  await page.getByRole('link', { name: /Questions/ }).first().click();
  await page.locator('.part').first().click();
  equal(await page.locator('.option[aria-pressed=true]').innerText(), '4\nNo', 'the first answer');
  await page.locator('.noted input').fill('Ask Bo');
  await page.locator('.option').first().click();
  await page.getByText('Saved').waitFor();
  await page.reload();
  await page.locator('.part').first().waitFor();
  await page.locator('.part').first().click();
  equal(await page.locator('.noted input').inputValue(), 'Ask Bo', 'the note');
});
await test('newcomer two tabs answer different questions and both are kept', async () => {
  const second = await page.context().newPage();
  await second.goto(page.url());
  await second.locator('.part').nth(1).click();
  await page.locator('.part').nth(2).click();
  await second.keyboard.press('1');
  await second.getByText('Saved').waitFor();
  await page.keyboard.press('1');
  await page.getByText('Saved').waitFor();
  await page.waitForTimeout(300);
  const found = await page.evaluate(async () => (await fetch('/api/v1/gap_assessment/GAP-0001')).json());
  const of = (id) => found.answers.find((row) => row.question === id)?.answer;
  equal([of('5.1'), of('6.1.1')], ['evidenced', 'evidenced'], 'the two answers');
  await second.close();
});
await test('newcomer the plan makes tasks once', async () => {
  await page.reload();
  await page.locator('.steps').waitFor();
  await page.getByRole('link', { name: /Plan$/ }).click();
  await page.locator('.lines li').first().waitFor();
  await axe(page, 'plan');
  await page.getByRole('button', { name: 'Make 9 tasks' }).click();
  await page.getByText('9 tasks made').waitFor();
  equal(await page.getByText('is a task already').count(), 9, 'marked as made');
  truth(await page.getByRole('button', { name: 'Make 0 tasks' }).isDisabled(), 'nothing is made twice');
  const tasks = await page.evaluate(async () => (await fetch('/api/v1/task?limit=50')).json());
  equal(tasks.total, 9, 'tasks');
  truth(tasks.items.every((one) => one.due && one.owner), 'each has a person and a day');
});
let invitation = '';
await test('newcomer a colleague is invited by a link', async () => {
  await page.locator('#invite-name').fill('Bo Second');
  await page.locator('#invite-email').fill('bo@ember.example');
  await page.locator('#invite-role').selectOption({ label: 'AIMS manager' });
  await page.getByRole('button', { name: 'Make the link' }).click();
  const box = page.locator('#confirm-password');
  if (await box.waitFor({ timeout: 1500 }).then(() => true, () => false)) { await box.fill(secret); await page.keyboard.press('Enter'); }
  invitation = await page.locator('.once input').inputValue();
});
await test('newcomer a starter is offered where a register is empty, and nothing is taken twice', async () => {
  await page.goto(`${base}/k/document`);
  await page.getByRole('link', { name: 'choose from a starter set' }).click();
  await page.locator('.page li input').first().waitFor();
  await page.getByRole('link', { name: 'Policies', exact: true }).click();
  await page.getByRole('button', { name: /^Look AI policy/ }).click();
  await page.locator('dl').waitFor();
  await axe(page, 'starter');
  await page.locator('.page li input').first().check();
  await page.getByRole('button', { name: 'Take 1' }).click();
  await page.getByText('1 made in Documents').waitFor();
  truth(await page.locator('.page li input').first().isDisabled(), 'it can be taken again');
  const made = await page.evaluate(async () => (await fetch('/api/v1/document?limit=5')).json());
  equal(made.total, 1, 'documents');
  const body = await page.evaluate(async (id) => (await fetch(`/api/v1/document/${id}`)).json(), made.items[0].id);
  const text = body.content.versions.en.text;
  truth(text.includes('Ember Clinic') && !text.includes('{{name of the organisation}}'), 'the own name does not stand in it');
});
await test('newcomer risks are offered for the AI that is in use, and hang on it', async () => {
  await page.goto(`${base}/starters/risks`);
  await page.locator('.page li input').first().waitFor();
  const fitting = page.locator('.page form > ul').first().locator('li', { hasText: 'For General chat assistant for staff.' });
  truth(await fitting.count() >= 3, 'no risks for the chat assistant');
  await fitting.first().locator('input').check();
  await page.getByRole('button', { name: 'Take 1' }).click();
  await page.getByText('1 made in Risks').waitFor();
  const risks = await page.evaluate(async () => (await fetch('/api/v1/risk?limit=5')).json());
  truth(!!risks.items[0].system || !!(await page.evaluate(async (id) => (await fetch(`/api/v1/risk/${id}`)).json(), risks.items[0].id)).system, 'it names no system');
});
await test('newcomer readiness tells what is said apart from what is proven', async () => {
  await page.goto(`${base}/readiness`);
  await page.getByText(/People say: \d+ % in place/).waitFor();
});
await test('newcomer concluded answers stand, and the next assessment begins anew', async () => {
  await page.goto(`${base}/ask/gap/GAP-0001?step=result`);
  await page.getByRole('button', { name: 'Conclude' }).click();
  await page.getByRole('link', { name: /Questions/ }).first().click();
  await page.getByText('It is concluded and kept as it was').waitFor();
  truth(await page.locator('.option').first().isDisabled(), 'a concluded answer can be changed');
  await page.goto(`${base}/k/gap_assessment/new`);
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.waitForURL(/GAP-0002/);
});
await test('newcomer the 38 controls are decided in 45 clicks and keys, each with its reason', async () => {
  // Decided by the colleague who came by the invitation: the first person only looks after the program.
  const bo = await stranger();
  await bo.goto(invitation.replace(/^https?:\/\/[^/]+/, base));
  await bo.locator('#next').fill('nine tall lamps on the quay');
  await bo.locator('#again').fill('nine tall lamps on the quay');
  await bo.keyboard.press('Enter');
  await bo.getByRole('heading', { name: 'Your password is set' }).waitFor();
  await bo.context().request.post(`${base}/api/v1/session`, { data: { email: 'bo@ember.example', password: 'nine tall lamps on the quay' } });
  await bo.goto(`${base}/soa`);
  await settled(bo);
  await boDecides(bo);
  await bo.context().close();
});
async function boDecides(page) {
  const press = async (key) => { acts++; await page.keyboard.press(key); };
  acts = 0;
  const box = (row) => page.locator(`[data-row="${row}"] input[type=checkbox]`);
  const rows = await page.locator('tr[data-row]').evaluateAll((all) => all.map((one) => one.dataset.row));
  equal(rows.length, 38, 'controls');
  const together = async (key, why, reason) => {
    await press(key);
    await page.locator('.many input').waitFor();
    if (reason) await click(page.locator('.many .reason').first());
    await page.locator('.many input').focus();
    await page.keyboard.insertText(why);
    await press('Enter');
    await page.locator('.many').waitFor({ state: 'detached', timeout: 30000 });
  };
  // Two reasons to leave controls out, and one line is not enough without words.
  for (const row of rows.slice(-2)) await click(box(row));
  await page.keyboard.press('o');
  await page.keyboard.press('Enter');
  await page.getByText('One line of reason is needed.').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('tr[data-row] a.name').first().focus();
  await together('o', 'We have no customers who buy AI from us.');
  for (const row of rows.slice(5, 7)) await click(box(row));
  await together('o', 'We build no models.');
  // A range by keys, then all that are open.
  await page.locator(`[data-row="${rows[8]}"] a.name`).focus();
  await press('x');
  for (let n = 0; n < 3; n++) await press('j');
  await press('Shift+X');
  equal(await page.locator('tr.picked').count(), 4, 'rows of the range');
  await together('i', 'The assessment of impacts asks for it.', true);
  await click(page.getByRole('button', { name: /^Open \d+$/ }));
  await click(page.getByLabel('Select all that are shown'));
  await together('i', 'Our risk assessment relies on it.', true);
  truth(acts <= MOST, `it took ${acts}`);
  console.log(`# 38 controls: ${acts} clicks and keys`);
  const now = await page.evaluate(async () => (await fetch('/api/v1/soa?framework=iso-42001')).json());
  const states = now.rows.map((one) => one.entry.state);
  equal([states.filter((one) => one === 'excluded').length, states.filter((one) => one === 'applicable').length], [4, 34], 'out and in');
  truth(now.rows.every((one) => (one.entry.justification ?? '').length > 10), 'a decision has no reason');
  equal(now.rows[8].entry.justification, 'The assessment of impacts asks for it.', 'the reason of the range');
  await axe(page, 'the statement of applicability');
}
await test('newcomer in Chinese, in the dark, on a phone', async () => {
  const own = await stranger({ viewport: { width: 390, height: 800 }, locale: 'zh-CN', colorScheme: 'dark' });
  await own.goto(`${base}/login`);
  await own.locator('#email').fill('ada@ember.example');
  await own.locator('#password').fill(secret);
  await own.keyboard.press('Enter');
  await own.waitForURL(`${base}/`);
  for (const path of ['/ask/gap/GAP-0001?step=result', '/ask/gap/GAP-0002?step=questions', '/ask/gap/GAP-0002?step=plan', '/starters/risks']) {
    await own.goto(base + path);
    await own.locator('h1').waitFor();
    await settled(own);
    const wide = await own.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    truth(wide <= 0, `${path} is ${wide} px too wide`);
    truth(/[\u4e00-\u9fff]/.test(await own.locator('.page').innerText()), `${path} is not in Chinese`);
    await axe(own, path);
  }
});
equal(complaints, [], 'what the pages complained about');
await browser.close();
done();
