// SPDX-License-Identifier: Apache-2.0
// People acknowledge the edition in force of a document: from their list of tasks, with and without questions, in both
// languages; and whoever it is shown to sees who has.
import { readFileSync } from 'node:fs';
import { axePath, done, equal, open, password, signedIn, test, truth, visit } from './browser.mjs';

const browser = await open();
const axe = readFileSync(axePath, 'utf8');
async function clean(page, where) {
  await page.evaluate(axe);
  const wrong = await page.evaluate(async () => (await globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })).violations.map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 160)}`));
  equal(wrong, [], `what axe found on ${where}`);
}
const picture = async (page, name) => process.env.PICTURES && page.screenshot({ path: `${process.env.PICTURES}/acknowledge-${name}.png` });
const day = (plus) => new Date(Date.now() + plus * 86400000).toISOString().slice(0, 10);
const part = (page) => page.locator('#part-acknowledge');

await test('a policy waits in the list of tasks until it is acknowledged', async () => {
  const page = await signedIn(browser, 'ravi');
  await visit(page, '/');
  const task = page.locator('.task', { hasText: 'AI policy' }).first();
  await task.getByText('Read it and acknowledge it').waitFor();
  await task.getByRole('link', { name: /AI policy/ }).first().click();
  await part(page).getByText(/Please read it and acknowledge it by/).waitFor();
  equal(await part(page).locator('details').count(), 0, 'what others did, shown to somebody whom it is not for');
  await clean(page, 'a document that asks');
  await picture(page, 'asks');
  await part(page).getByRole('button', { name: 'I have read it' }).click();
  await part(page).getByText(/You acknowledged this edition on/).waitFor();
  await visit(page, '/');
  await page.locator('.mine').waitFor();
  equal(await page.locator('.task', { hasText: 'Read it and acknowledge it' }).count(), 0, 'tasks to acknowledge');
  equal(page.complaints, [], 'complaints');
  await page.context().close();
});
await test('whoever runs it sees who has acknowledged', async () => {
  const page = await signedIn(browser, 'lin');
  const { items } = await page.ask('GET', '/document?q=POL-01&limit=1');
  await visit(page, `/k/document/${items[0].key}`);
  const said = part(page).getByText(/\d+ of \d+ have acknowledged this edition/);
  await said.waitFor();
  const [, have, all] = (await said.innerText()).match(/(\d+) of (\d+)/).map(Number);
  await part(page).getByText('Who has, and who has not').click();
  await part(page).getByRole('cell', { name: 'Ravi Menon' }).waitFor();
  equal(await part(page).locator('tbody tr').count(), all, 'everybody has a row');
  equal((await part(page).locator('tbody td:last-child').allInnerTexts()).filter((when) => !/\bdue\b/i.test(when)).length, have, 'rows that say when');
  truth(have >= 20, 'most have');
  await clean(page, 'the coverage');
  await picture(page, 'coverage');
  await page.context().close();
});

let key = '';
await test('a procedure with a question is published', async () => {
  const lin = await signedIn(browser, 'lin'), mei = await signedIn(browser, 'mei');
  const doc = await lin.ask('POST', '/document', {
    title: 'House rules (内部守则)', doc_type: 'procedure', ref_no: 'PRO-77', lang: ['en'], location: 'Shelf 7', change_summary: 'First version.', version_label: '1.0',
    effective: day(0), review_due: day(300), satisfies: ['iso-42001:7.5.1'], ack_required: true, ack_by: 'roles', ack_roles: ['supplier_manager'],
    quiz: [{ question: 'Who may stop an AI system?', a: 'Only its owner', b: 'Anybody', answer: 'b', why: 'Whoever sees harm may stop it', place: 'Section 4' }],
  });
  key = doc.key;
  await lin.ask('POST', `/document/${key}/moves/submit`, {});
  await mei.ask('POST', `/document/${key}/moves/approve`, { reason: 'Read', password });
  await lin.ask('POST', `/document/${key}/moves/publish`, {});
  await lin.context().close();
  await mei.context().close();
});
for (const lang of ['zh'])
  await test(`a wrong answer says where to read, the right one is taken (${lang})`, async () => {
    const page = await signedIn(browser, 'ravi', { lang, width: 360 });
    await visit(page, `/k/document/${key}`);
    await part(page).getByRole('button', { name: '我已阅读' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Only its owner').check();
    await clean(page, 'the question');
    await picture(page, 'question');
    await dialog.getByRole('button', { name: '我已阅读' }).click();
    await dialog.getByRole('alert').getByText(/Section 4/).waitFor();
    truth(!(await page.content()).includes('"answer"'), 'the answers are not in the page');
    await dialog.getByLabel('Anybody').check();
    await dialog.getByRole('button', { name: '我已阅读' }).click();
    await part(page).getByText(/您已于.*确认本版本/).waitFor();
    truth(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'it is no wider than the window');
    await page.context().close();
  });
await browser.close();
done();
