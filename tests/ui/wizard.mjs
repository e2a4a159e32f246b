// SPDX-License-Identifier: Apache-2.0
// Step by step: a system is registered with two clicks and two fields, what follows from an answer stands beside it, and
// nothing typed is lost. An assessment is handed on by its steps. What if: a risk is moved on the map and nothing saved.
import { readFileSync } from 'node:fs';
import { axePath, becomes, done, equal, open, settled, signedIn, test, truth, visit } from './browser.mjs';

const browser = await open();
const axe = readFileSync(axePath, 'utf8');
const complain = (page) => equal(page.complaints, [], 'what the page complained about');
async function clean(page, where) {
  await page.evaluate(axe);
  const wrong = await page.evaluate(async () => (await globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })).violations.map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 160)}`));
  equal(wrong, [], `what axe found on ${where}`);
  truth(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `no wider than the window on ${where}`);
}
const picture = async (page, name) => process.env.PICTURES && page.screenshot({ path: `${process.env.PICTURES}/wizard-${name}.png`, fullPage: true });
const at = (page) => page.evaluate(() => location.pathname);
const shown = (page, text) => becomes(async () => (await page.locator('.ahead').innerText()).includes(text), true, `what follows says “${text}”`);
let key = '';

await test('a system is registered by two clicks and two fields, and what follows changes with an answer', async () => {
  const page = await signedIn(browser, 'priya');
  await visit(page, '/k/ai_system');
  let clicks = 0;
  const click = async (locator) => { clicks++; await locator.click(); };
  await click(page.getByRole('link', { name: 'Step by step' }));
  await settled(page);
  await page.locator('#step-title').fill('Ranking of applications');
  await page.locator('#step-purpose').fill('Ranks applicants before the first interview.');
  await click(page.getByRole('button', { name: 'Create and go on' }));
  await becomes(() => at(page), /\/k\/ai_system\/SYS-\d+\/steps\/data$/, 'the second step');
  equal(clicks, 2, 'clicks');
  key = (await at(page)).split('/')[3];
  const made = await page.ask('GET', `/ai_system/${key}`);
  equal([made.title, made.purpose, made.version], ['Ranking of applications', 'Ranks applicants before the first interview.', 1], 'what was made');
  // By keys alone: the choice, and what it brings.
  await page.locator('#step-ai_type').selectOption('agent');
  await shown(page, 'is in an approved catalogue of actions');
  await shown(page, 'Agent that acts');
  equal((await page.ask('GET', `/ai_system/${key}`)).version, 1, 'nothing was saved by looking');
  await clean(page, 'a step');
  await picture(page, 'intake');
  await page.keyboard.press('Control+Enter');
  await becomes(() => at(page), `/k/ai_system/${key}/steps/people`, 'the third step');
  await becomes(async () => (await page.ask('GET', `/ai_system/${key}`)).version, 2, 'the step that was left is a version');
  await page.locator('#step-decision_effect').selectOption('decides');
  await becomes(async () => (await page.locator('.tier[data-field=materiality]').innerText()).replace(/\s+/g, ' '), /High.*because of Effect on decisions about people: Decides/, 'the provisional level and why');
  // A reload in the middle loses nothing, and going back neither.
  await page.reload();
  await settled(page);
  equal(await page.locator('#step-decision_effect').inputValue(), 'decides', 'what was typed before the reload');
  await page.goBack();
  await becomes(() => page.locator('#step-ai_type').inputValue(), 'agent', 'the step before');
  await page.keyboard.press('Control+Enter');
  await becomes(async () => (await page.ask('GET', `/ai_system/${key}`)).decision_effect, 'decides', 'saved');
  await page.keyboard.press('Escape');
  await becomes(() => at(page), `/k/ai_system/${key}`, 'the whole record');
  complain(page);
  await page.context().close();
});

await test('two tabs: other fields stand side by side, the same one is shown twice and somebody decides', async () => {
  const one = await signedIn(browser, 'priya');
  await visit(one, `/k/ai_system/${key}/steps/what`);
  const two = await one.context().newPage();
  await visit(two, `/k/ai_system/${key}/steps/what`);
  await two.locator('#step-intended_use').fill('Written in the second tab');
  await one.locator('#step-purpose').fill('Written in the first tab');
  await one.keyboard.press('Control+Enter');
  await becomes(async () => (await one.ask('GET', `/ai_system/${key}`)).purpose, 'Written in the first tab', 'the first tab');
  await two.locator('#step-intended_use').press('Control+Enter');
  await becomes(async () => (await one.ask('GET', `/ai_system/${key}`)).intended_use, 'Written in the second tab', 'the second tab');
  equal((await one.ask('GET', `/ai_system/${key}`)).purpose, 'Written in the first tab', 'and the first stays');
  await visit(two, `/k/ai_system/${key}/steps/what`);
  await visit(one, `/k/ai_system/${key}/steps/what`);
  await two.locator('#step-purpose').fill('Mine');
  await one.locator('#step-purpose').fill('Theirs');
  await one.keyboard.press('Control+Enter');
  await becomes(async () => (await one.ask('GET', `/ai_system/${key}`)).purpose, 'Theirs', 'the other was first');
  await two.locator('#step-purpose').press('Control+Enter');
  const note = two.locator('[role=alert]').filter({ hasText: 'Somebody else changed this record' });
  await note.waitFor();
  const words = await note.innerText();
  truth(words.includes('Theirs: Theirs') && words.includes('Yours: Mine'), `both values are shown: ${words}`);
  equal((await one.ask('GET', `/ai_system/${key}`)).purpose, 'Theirs', 'nothing was overwritten');
  await note.getByRole('button', { name: 'Keep mine' }).click();
  await becomes(async () => (await one.ask('GET', `/ai_system/${key}`)).purpose, 'Mine', 'who decided');
  complain(one);
  await one.context().close();
});

let assessment = '';
await test('an assessment: what the system says is shown, a step is handed over, found on Today and finished', async () => {
  const page = await signedIn(browser, 'sara');
  const system = await page.ask('GET', `/ai_system/${key}`);
  await visit(page, `/k/impact_assessment/new/steps?system=${system.id}`);
  await page.locator('#step-title').fill('Ranking of applications 2026');
  await page.keyboard.press('Control+Enter');
  await becomes(() => at(page), /\/k\/impact_assessment\/AIA-\d+\/steps\/setting$/, 'the second step');
  assessment = (await at(page)).split('/')[3];
  await becomes(async () => (await page.locator('.known').innerText()).includes('Mine'), true, 'what the system says');
  equal(await page.locator('.known h2').innerText(), `Known from ${key}`, 'from where');
  equal(await page.locator('.known').getByRole('link', { name: /Change “Purpose”/ }).getAttribute('href'), `/k/ai_system/${key}/steps/what`, 'where it is changed');
  await page.locator('#line-purpose').getByRole('button', { name: 'Take over' }).click();
  equal(await page.locator('#step-purpose').inputValue(), 'Mine', 'taken over with one click');
  await page.locator('nav.way').getByRole('link', { name: /Measures/ }).click();
  await becomes(() => at(page), `/k/impact_assessment/${assessment}/steps/measures`, 'the step of measures');
  await page.getByRole('button', { name: 'Hand to somebody' }).click();
  await page.locator('#hand-who').fill('Anna');
  await page.getByRole('option', { name: /Anna Keller/ }).first().click();
  await page.getByRole('button', { name: 'Hand over the step' }).click();
  await becomes(async () => (await page.locator('.assign').innerText()).includes('Anna Keller'), true, 'who has it');
  const task = (await page.ask('GET', '/task?sort=-created_at&limit=1')).items[0];
  equal([task.step, task.state], ['measures', 'open'], 'the task');
  complain(page);

  const anna = await signedIn(browser, 'anna');
  truth((await anna.ask('GET', '/tasks?of=me&limit=500')).items.some((one) => one.key === task.key), 'it is on her Today');
  await visit(anna, `/k/task/${task.key}`);
  await anna.getByRole('link', { name: 'Go to the step' }).click();
  await anna.locator('#step-measures').fill('Two people look at every refusal.');
  await anna.keyboard.press('Control+Enter');
  await becomes(async () => (await page.ask('GET', `/impact_assessment/${assessment}`)).measures, 'Two people look at every refusal.', 'what she wrote');
  await anna.locator('nav.way').getByRole('link', { name: /Measures/ }).click();
  await anna.getByRole('link', { name: `Finish ${task.key}` }).click();
  await anna.getByRole('dialog').locator('textarea').first().fill('Written down in the assessment.');
  await anna.keyboard.press('Control+Enter');
  await becomes(async () => (await anna.ask('GET', `/task/${task.key}`)).state, 'done', 'her task');
  complain(anna);
  await anna.context().close();

  // To be handed a step gives no right: who may not change the record reads it.
  const ben = await signedIn(browser, 'ben');
  await visit(ben, `/k/impact_assessment/${assessment}/steps/measures`);
  truth(await ben.getByText('You can read this, but not change it.').isVisible(), 'it says so');
  equal(await ben.locator('.main-col').locator('input, textarea, select').count(), 0, 'no field to type in');
  // But they can say what they think of an answer, where it stands.
  await ben.locator('#talk-measures').click();
  await becomes(() => ben.evaluate(() => document.activeElement?.id), 'comment', 'where one types');
  await ben.keyboard.insertText('Which two people?');
  await ben.keyboard.press('Control+Enter');
  await becomes(() => ben.locator('#talk-measures').innerText(), '1', 'how many comments there are on it');
  await ben.locator('.side').getByText('Which two people?', { exact: true }).waitFor();
  equal(await ben.locator('.side').getByText('#[').count(), 0, 'marks that are shown');
  await clean(ben, 'the talk about an answer');
  complain(ben);
  await ben.context().close();
  await visit(page, `/k/impact_assessment/${assessment}/steps/measures`);
  await becomes(() => page.locator('#talk-measures').innerText(), '1', 'the comment, for who wrote the answers');
  const said = (await page.ask('GET', `/impact_assessment/${assessment}/comments`)).items;
  equal(said.map((one) => one.body), ['#[measures] Which two people?'], 'as it is kept');
  await visit(page, `/k/impact_assessment/${assessment}?tab=comments`);
  await page.getByText('On “Measures', { exact: false }).first().waitFor();
  await page.getByText('Which two people?', { exact: true }).waitFor();
  await visit(page, `/k/impact_assessment/${assessment}/steps/measures`);

  // What is different from how it began.
  await page.getByRole('button', { name: 'Compare' }).click();
  await page.locator('.compare select').selectOption('v1');
  await becomes(async () => (await page.locator('.compare tr.added').allInnerTexts()).some((line) => line.includes('Two people look at every refusal.')), true, 'the comparison');
  await clean(page, 'the comparison');
  await picture(page, 'assessment');
  complain(page);
  await page.context().close();
});

await test('what if: a risk is moved by keys, nothing is saved, and the plan begins with it', async () => {
  const page = await signedIn(browser, 'lin');
  const risks = (await page.ask('GET', '/risk?state=analysed,evaluated,treatment_decided,in_treatment&sort=-residual&limit=20&fields=residual,residual_likelihood,residual_consequence')).items;
  const risk = risks.find((one) => one.residual_likelihood > 2);
  const before = (await page.ask('GET', '/session')).size;
  await visit(page, `/map?if=${risk.key}`);
  const cell = (x, y) => page.locator(`#cell-${x}-${y} .ghost`);
  await cell(risk.residual_likelihood, risk.residual_consequence).waitFor();
  await page.locator('#if-likelihood').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await cell(risk.residual_likelihood - 2, risk.residual_consequence).waitFor();
  equal(await cell(risk.residual_likelihood - 2, risk.residual_consequence).innerText(), `◆ ${risk.key}`, 'where it would stand');
  equal(await page.getByRole('spinbutton', { name: 'Steps less likely' }).inputValue(), '2', 'the number beside the slider');
  truth(await page.getByText('Nothing here is saved.').isVisible(), 'it says that nothing is saved');
  const now = await page.ask('GET', `/risk/${risk.key}`);
  equal([now.residual, (await page.ask('GET', '/session')).size], [risk.residual, before], 'the risk, and the ledger');
  await clean(page, 'what if');
  await picture(page, 'what-if');
  await page.getByRole('link', { name: 'Plan this treatment …' }).click();
  await settled(page);
  await becomes(() => page.locator('#new-likelihood_steps').inputValue(), '2', 'the steps came along');
  await page.locator('#new-title').fill('A second look at refusals');
  await page.keyboard.press('Control+Enter');
  await becomes(() => at(page), /\/k\/treatment\/TRT-\d+$/, 'the plan');
  const plan = await page.ask('GET', `/treatment/${(await at(page)).split('/')[3]}`);
  equal([plan.risk, plan.likelihood_steps, plan.consequence_steps], [risk.id, 2, 0], 'of which risk, and what it should do');
  complain(page);
  await page.context().close();
});

await test('in Chinese, in the dark and on a telephone', async () => {
  for (const look of [{ lang: 'zh', theme: 'dark', width: 390, height: 844 }, { lang: 'zh' }]) {
    const page = await signedIn(browser, 'sara', look);
    const where = `${look.lang} ${look.width ?? 1280}`;
    await visit(page, `/k/impact_assessment/${assessment}/steps/scope`);
    await page.locator('.ahead ul, .ahead .meta').first().waitFor();
    await clean(page, `a step at ${where}`);
    await picture(page, `step-${where.replace(' ', '-')}`);
    await visit(page, `/map?if=${(await page.ask('GET', '/risk?sort=-residual&limit=1')).items[0].key}`);
    await page.locator('.outcome').waitFor();
    await clean(page, `what if at ${where}`);
    await picture(page, `what-if-${where.replace(' ', '-')}`);
    complain(page);
    await page.context().close();
  }
});

await browser.close();
done();
