// SPDX-License-Identifier: Apache-2.0
// Questions that decide: the class of a system under the EU AI Act with its reasons, by keys and by mouse. What is
// pressed is counted; then the ways people stray: reload in the middle, back, not sure, two tabs, another day,
// another person, Chinese, the dark, a phone.
import { readFileSync } from 'node:fs';
import { axePath, base, becomes, done, equal, hand, open, settled, signedIn, test, truth, visit } from './browser.mjs';

const MOST = 9;
const axeText = readFileSync(axePath, 'utf8');
const browser = await open();
const complain = (page) => equal(page.complaints, [], 'what the page complained about');
const close = (...pages) => Promise.all(pages.map((page) => page.context().close()));
const axe = async (page, name) => {
  await page.evaluate(axeText);
  const found = await page.evaluate(async () => (await globalThis.axe.run(document, { resultTypes: ['violations'] })).violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(', ')}`));
  truth(found.length === 0, `${name}: ${found.join(' · ')}`);
};
const keyOf = (page) => new URL(page.url()).pathname.split('/').pop();
const path = (page) => page.locator('.path li').allInnerTexts();
const question = (page) => page.locator('.decide h2').innerText();
const outcome = (page) => page.locator('.result h2');
const stored = async (page, key) => page.ask('GET', `/legal_classification/${key}`);
const saved = (page) => page.getByText(/^Saved|^保存|^已保存/).waitFor();
const lin = await signedIn(browser, 'lin');
const systemOf = async (title) => (await lin.ask('POST', '/ai_system', { title, purpose: title, org_roles: ['deployer'], running_version: '3.1' })).key;
const begin = async (page, system) => {
  await visit(page, `/ask/eu-ai-act?about=${system}`);
  await page.locator('.decide h2').waitFor();
};

const cv = await systemOf('CV ranking');
let cvKey = '';
await test(`classify CV ranking is high-risk by Annex III 4(a) in ${MOST} keys, from the system's own page`, async () => {
  await visit(lin, `/k/ai_system/${cv}`);
  await lin.getByRole('link', { name: 'Class under the EU AI Act' }).click();
  await lin.locator('.decide h2').waitFor();
  await settled(lin);
  const own = hand(lin);
  for (const key of ['1', '2', 'n', 'n', '4', '1', 'y', 'n', 'n']) await own.key(key);
  await outcome(lin).waitFor();
  truth(own.n <= MOST, `it took ${own.n}`);
  console.log(`# ${own.n} keys`);
  equal(await path(lin), ['in scope', 'deployer', 'not prohibited', 'no certified product', 'Annex III 4', 'Annex III 4a', 'profiles people', 'nothing to tell', 'no special duties', 'High-risk'], 'the path');
  await lin.getByText('it profiles people: then there is no exception').waitFor();
  await lin.getByRole('row', { name: /Tell workers before it is used on them/ }).getByText('26(7)').waitFor();
  await saved(lin);
  cvKey = keyOf(lin);
  const record = await stored(lin, cvKey);
  equal([record.by_answers, record.outcome, record.roles, record.less_than_answers, record.open_questions, record.system_version], ['high_risk', 'high_risk', ['deployer'], false, 0, '3.1'], 'what is kept');
  equal(record.grounds.length, 9, 'reasons');
  equal(record.grounds[5].article, 'Annex III 4(a)', 'the article of a reason');
  equal((await lin.locator('.result ~ section').first().locator('tbody tr').count()), record.duties.length, 'duties that are shown and kept');
  await axe(lin, 'result');
});
await test('classify a chatbot has duties to inform, by the mouse alone', async () => {
  await begin(lin, await systemOf('Customer chatbot'));
  const option = (name) => lin.locator('.options').getByText(name, { exact: false }).first();
  await option('An AI system that is sold or used in the EU').click();
  await lin.getByLabel('Provider: you built it').check();
  await lin.getByLabel('Deployer: you use it').check();
  await lin.getByRole('button', { name: 'Go on' }).click();
  await lin.getByRole('button', { name: 'None of these' }).click();
  await lin.locator('.options').getByRole('button', { name: /No$/ }).click();
  await lin.getByRole('button', { name: 'None of these' }).click();
  await lin.getByLabel('People talk or write with it').check();
  await lin.getByRole('button', { name: 'Go on' }).click();
  await becomes(() => outcome(lin).innerText(), 'Duties to inform and to mark', 'the class');
  await saved(lin);
  const record = await stored(lin, keyOf(lin));
  equal([record.by_answers, record.roles, record.duties.map((one) => one.code)], ['transparency', ['provider', 'deployer'], ['O-LIT', 'T1']], 'what is kept');
});
await test('classify several by Shift and digits, Enter goes on', async () => {
  await begin(lin, await systemOf('Picture maker'));
  for (const key of ['1', 'Shift+Digit1', 'Shift+Digit2']) await lin.keyboard.press(key);
  equal(await lin.locator('.options input:checked').count(), 2, 'ticked');
  await lin.keyboard.press('Enter');
  await becomes(() => path(lin), ['in scope', 'provider + deployer'], 'the path');
});
await test('classify what was answered is there after a reload in the middle, and back changes it', async () => {
  await begin(lin, await systemOf('Reloaded'));
  for (const key of ['1', '1', 'n', 'n']) await lin.keyboard.press(key);
  await saved(lin);
  await lin.reload();
  await lin.locator('.decide h2').waitFor();
  equal(await path(lin), ['in scope', 'provider', 'not prohibited', 'no certified product'], 'the path');
  equal(await question(lin), 'Is it meant for one of these fields?', 'the question');
  // Back twice, with what was picked there marked; then forward by another answer.
  await lin.keyboard.press('ArrowLeft');
  await lin.keyboard.press('ArrowLeft');
  equal(await question(lin), 'Does it do one of these things?', 'two back');
  equal(await lin.locator('.option[aria-pressed=true]').innerText(), 'n\nNone of these', 'what was picked');
  await lin.keyboard.press('6');
  await becomes(() => outcome(lin).innerText(), 'Prohibited', 'the class');
  equal(await path(lin), ['in scope', 'provider', 'emotions at work or school', 'Prohibited'], 'the path is shorter');
  // The same by the path itself.
  await lin.locator('.path button').nth(2).click();
  await lin.keyboard.press('n');
  equal(await question(lin), 'Is it meant for one of these fields?', 'where it goes on');
});
await test('classify not sure counts as the stricter, and stays open', async () => {
  await begin(lin, await systemOf('In doubt'));
  for (const key of ['1', '2', 'n', 'n', '5', '?', 'n', '?', 'n', 'n']) await lin.keyboard.press(key);
  await becomes(() => outcome(lin).innerText(), 'High-risk', 'the class');
  await lin.getByText('2 questions are open.').waitFor();
  await saved(lin);
  const record = await stored(lin, keyOf(lin));
  equal([record.by_answers, record.open_questions, record.settled], ['high_risk', 2, false], 'what is kept');
  equal(record.grounds.filter((one) => one.answer === 'not_sure').length, 2, 'reasons that are open');
});
await test('classify for another day: a prohibition that comes is told, and holds from its day', async () => {
  await begin(lin, await systemOf('Photo app'));
  await lin.locator('#decide-day').fill('2026-12-01');
  await lin.locator('.decide h1').click();
  for (const key of ['1', '1', '9', 'n', 'n', 'n']) await lin.keyboard.press(key);
  await becomes(() => outcome(lin).innerText(), 'No duties of its own', 'the class on the day before');
  await lin.getByText('is prohibited from 2 Dec 2026').waitFor();
  await lin.getByText('then: Prohibited').first().waitFor();
  await lin.locator('#decide-day').fill('2026-12-02');
  await lin.locator('.decide h1').click();
  await becomes(() => outcome(lin).innerText(), 'Prohibited', 'the class on the day');
  await saved(lin);
  await becomes(async () => (await stored(lin, keyOf(lin))).by_answers, 'prohibited', 'what is kept');
});
await test('classify in two tabs: both answers are kept', async () => {
  await begin(lin, await systemOf('Two tabs'));
  for (const key of ['1', '1']) await lin.keyboard.press(key);
  await saved(lin);
  const second = await lin.context().newPage();
  await second.goto(lin.url());
  await second.locator('.decide h2').waitFor();
  await second.keyboard.press('n');
  await second.getByText(/^Saved/).waitFor();
  await lin.locator('.path button').nth(0).click();
  await lin.keyboard.press('?');
  await becomes(async () => (await stored(lin, keyOf(lin))).answers.map((one) => `${one.question} ${one.answer}`).sort(), ['prohibited none', 'role provider', 'scope not_sure'], 'answers of both');
  await second.close();
});
await test('classify facts beside an answer become the facts of its reason, and words of others are no markup', async () => {
  const shot = '<img src=x onerror="window.hit=1">';
  await begin(lin, await systemOf(shot));
  await lin.locator('.noted input').fill(shot);
  await lin.locator('.decide h1').click();
  await lin.keyboard.press('2');
  await outcome(lin).waitFor();
  await saved(lin);
  const record = await stored(lin, keyOf(lin));
  equal([record.by_answers, record.grounds.map((one) => one.facts)], ['not_ai', [shot]], 'the reason');
  equal(await lin.evaluate(() => window.hit), undefined, 'markup that ran');
});
await test('classify answered under other questions says so, and is good again once it was gone through', async () => {
  await begin(lin, await systemOf('Of last year'));
  for (const key of ['1', '2', 'n', 'n', 'n', 'n']) await lin.keyboard.press(key);
  await outcome(lin).waitFor();
  await saved(lin);
  const key = keyOf(lin);
  await visit(lin, '/');
  await lin.ask('PATCH', `/legal_classification/${key}`, { rules: '0123456789abcdef' }, { 'if-match': `"${(await stored(lin, key)).version}"` });
  await visit(lin, `/ask/eu-ai-act/${key}`);
  await lin.getByText('The questions have changed since this was answered').waitFor();
  equal(await lin.getByRole('button', { name: 'Ask legal to decide' }).count(), 0, 'ways to hand it on');
  await lin.locator('.path button').nth(1).click();
  await becomes(() => question(lin), 'What are you to this system?', 'the question');
  await lin.keyboard.press('1');
  await saved(lin);
  await becomes(async () => { const one = await stored(lin, key); return [one.rules_old, one.roles_by_answers, one.less_than_answers]; }, [false, ['provider'], false], 'what is kept');
});
await test('classify legal decides, each duty becomes an obligation, and the answers stand', async () => {
  await visit(lin, `/ask/eu-ai-act/${cvKey}`);
  await lin.evaluate(() => { window.printed = 0; window.print = () => window.printed++; });
  await lin.getByRole('button', { name: 'Print' }).click();
  await becomes(() => lin.evaluate(() => window.printed), 1, 'printed');
  await lin.getByRole('button', { name: 'Ask legal to decide' }).click();
  await lin.waitForURL(new RegExp(`/k/legal_classification/${cvKey}`));
  await lin.locator('.dialog').waitFor();
  await lin.locator('.dialog').getByRole('button', { name: 'Ask legal to decide' }).click();
  await becomes(async () => (await stored(lin, cvKey)).state, 'to_decide', 'the state');
  const wu = await signedIn(browser, 'wu');
  const day = new Date(Date.now() + 90 * 86400000).toISOString().slice(0, 10);
  await wu.ask('POST', `/legal_classification/${cvKey}/moves/decide`, { review_due: day, reason: 'Clear' });
  const record = await stored(lin, cvKey);
  equal([record.state, record.obligations.length], ['in_force', record.duties.length], 'obligations');
  await visit(lin, `/ask/eu-ai-act/${cvKey}`);
  await outcome(lin).waitFor();
  await lin.getByText('It was handed to legal and stands as it is.').waitFor();
  await lin.locator('.path button').first().click();
  truth(await lin.locator('.options button').first().isDisabled(), 'a decided answer can be changed');
  await lin.keyboard.press('2');
  equal((await stored(lin, cvKey)).by_answers, 'high_risk', 'what is kept');
  // The record has a way back to its questions.
  await visit(lin, `/k/legal_classification/${cvKey}`);
  await lin.getByRole('link', { name: 'Questions and result' }).waitFor();
  await close(wu);
});
await test('classify who may not begin one is told so', async () => {
  const guest = await signedIn(browser, 'kim');
  if ((await guest.ask('GET', '/session')).may.legal_classification?.create) throw new Error('somebody who may not was wanted');
  await visit(guest, `/ask/eu-ai-act?about=${cv}`);
  await guest.getByText('You may not begin a classification').waitFor();
  await visit(guest, `/k/ai_system/${cv}`);
  equal(await guest.getByRole('link', { name: 'Class under the EU AI Act' }).count(), 0, 'the way there');
  await close(guest);
});
for (const [lang, theme, width] of [['en', 'light', 1280], ['en', 'dark', 390], ['zh', 'light', 390], ['zh', 'dark', 1280]])
  await test(`classify in ${lang}, ${theme}, ${width} wide`, async () => {
    const page = await signedIn(browser, 'lin', { lang, theme, width, height: 800 });
    const look = async (name) => {
      await settled(page);
      truth(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth) <= 0, `${name} is too wide`);
      if (lang === 'zh') truth(/[\u4e00-\u9fff]/.test(await page.locator('.decide h2').first().innerText()), `${name} is not in Chinese`);
      await axe(page, name);
    };
    await begin(page, await systemOf(`Looked at ${lang} ${theme}`));
    await look('first question');
    for (const key of ['1', '1']) await page.keyboard.press(key);
    await page.keyboard.press('h');
    await look('a long question');
    for (const key of ['n', 'n', '4', 'Shift+Digit1', 'Shift+Digit2', 'Enter', '?', '1', 'n']) await page.keyboard.press(key);
    await outcome(page).waitFor();
    await saved(page);
    await look('the result');
    complain(page);
    await close(page);
  });
complain(lin);
await browser.close();
done();
