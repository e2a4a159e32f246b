// SPDX-License-Identifier: Apache-2.0
// Thirty questions an auditor asks, each answered by one search or one link. Whoever asks is an external auditor, but for
// what only few may read. Two wait for live data: the log of a minute (15) and a single override with its reason (16).
import { done, equal, open, settled, signedIn, test, truth, visit } from './browser.mjs';

const browser = await open();
const people = new Map();
async function as(who) {
  if (!people.has(who)) people.set(who, await signedIn(browser, who));
  return people.get(who);
}
/** One search: typed, the record chosen from what it offers, the tab where the answer stands. */
const search = (words, key, tab = '') => async (page) => {
  await visit(page, '/');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill(words);
  await page.locator('#palette-list [role=option]', { hasText: key }).first().click();
  await settled(page);
  if (tab) await page.locator(`#tab-${tab}`).click();
};
const questions = [
  [1, 'Show the scope, and what is not in it', 'claire', search('Scope 2026', 'SCP-0001'), ['Lending in Singapore', 'Opened in June; joins after its first full year.']],
  [2, 'Which laws apply to the scoring system, and since when', 'claire', search('scoring under the EU AI Act', 'LCL-0001'), ['2024/1689', 'High-risk', 'It rates ability to repay, from data of the application.', 'Next day on which the law changes']],
  [3, 'Who may stop it', 'claire', search('Oversight of credit scoring', 'OVP-0001'), ['Kim Soo-jin', 'Switch at the review desk']],
  [3, 'and is that person trained', 'claire', search('Kim Soo-jin: overseeing', 'CMP-'), ['Competent', 'Overruled two cases rightly']],
  [4, 'Show the last risk assessment, and what changed since', 'claire', search('The score grows stale', 'RSK-0002', 'history'), ['Likelihood', 'As it was then', 'Sara Lim']],
  [5, 'Perform one rating again', 'claire', search('Applicants do not learn why', 'RSK-0003'), ['Eleven complaints last year.', 'Correctable with effort.']],
  [6, 'Show an accepted residual risk, and the signature', 'claire', search('Applicants do not learn why', 'RSK-0003', 'history'), ['Accept the residual risk', 'Complaints down to one in three months.', 'Tom Becker']],
  [7, 'Why is a control left out', 'claire', search('A.4.5', 'SOA-0009'), ["Computing is run by the group's data centre"]],
  [8, 'Show an impact assessment dated before going live', 'claire', search('Impact assessment: credit scoring', 'AIA-0001', 'history'), ['Measures fit the harm.', 'David Okafor']],
  [9, 'Where are society and employees assessed', 'claire', search('Impact assessment: credit scoring', 'AIA-0001'), ['Less routine work', 'Whole districts could be left out']],
  [10, 'Who was consulted', 'claire', search('Impact assessment: credit scoring', 'AIA-0001'), ['Consumer association of the region', 'Works council']],
  [11, 'Show the foreseeable misuse, and what is done about it', 'claire', search('Impact assessment: credit scoring', 'AIA-0001'), ['Refusing on the score alone', 'A person looks at refusals']],
  [12, 'Show the right to data, and where they come from', 'claire', search('Applications of five years', 'DAT-0001'), ['Balancing test of data protection', 'Own applications, Germany.', 'sha256:']],
  [13, 'Show a result by group', 'claire', search('Applications of five years', 'DAT-0001'), ['Under 25', 'Ratio of approvals', '0.81']],
  [14, 'Show the gate of the version that runs', 'claire', search('Credit scoring model', 'SYS-0001', 'history'), ['Approve going live', 'All gates met; report after three months.', 'Mei Tan']],
  [17, 'Show a concern from receipt to feedback', 'nina', search('Nobody over fifty', 'CNC-0002'), ['Receipt confirmed on', 'So it was in three lists of eleven', 'You were right.']],
  [18, 'Show the worst incident, and its clocks', 'claire', search('A key of the payment system', 'INC-0008'), ['Critical incident', 'GDPR: notify by', 'Met']],
  [19, 'Show a change of a supplier’s model last quarter', 'claire', search('Another model answers', 'CHG-0004'), ['L-06b', 'Daily comparison of twenty questions']],
  [20, 'Show what users are told, in Chinese', 'claire', search('How we score your application', 'DOC-'), ['信用评分说明'], async (page) => page.locator('#field-content').getByRole('tab', { name: 'Chinese' }).click()],
  [21, 'Show an objective that was missed, and what happened', 'claire', search('Reviewers get the time', 'OBJ-0002'), ['49 instead of 40.', 'Hiring took twice as long', 'Lend two reviewers from collections']],
  [22, 'Show the competence of who assessed the impact', 'claire', search('Sara Lim: assessing', 'CMP-'), ['Competent', 'Two assessments read; one talk watched.']],
  [23, 'Show that the auditor was independent', 'claire', search('First round: clauses', 'AUD-0001', 'history'), ['Declare independence and tell the auditees', 'Jonas Weber']],
  [24, 'Show a finding until it was closed', 'claire', search('Two logs in two time zones', 'FND-0003'), ['Closed', 'Both logs of one day compared: alike.']],
  [25, 'Show where else the same cause was looked for', 'claire', search('Reviews without a date', 'NCR-0001'), ['Chatbot and hiring looked at: dates are there.', 'The form let the date empty.']],
  [26, 'Show an input of the review, and what was decided', 'claire', search('Management review, first half', 'MRV-0001'), ['All four steps of last year are done.', 'Every purchase asks whether AI is inside']],
  [27, 'Show an emergency change', 'claire', search('Memory between talks', 'CHG-0003'), ['Data of customers were shown.', 'Right, and in time; the authority was told.']],
  [30, 'Show something that got better', 'claire', search('Retrain in days', 'IMP-0001'), ['Retraining takes 31 days.', 'Data prepared each night; tests run by themselves.', 'The log of the bench, two runs.']],
];
for (const [n, question, who, ask, sees, more] of questions)
  await test(`question ${n}: ${question}`, async () => {
    const page = await as(who);
    await ask(page);
    if (more) await more(page);
    for (const words of sees) await page.locator('main').getByText(words).locator('visible=true').first().waitFor();
    if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/question-${n}.png`, fullPage: true });
    equal(page.complaints, [], 'what the page complained about');
  });

await test('question 28: Show a policy that was replaced, and who had read it', async () => {
  const page = await as('claire');
  await search('Rules for AI tools at work', 'DOC-', 'history')(page);
  // The step that published the first edition.
  await page.locator('li', { hasText: 'Publish' }).last().getByRole('link', { name: 'As it was then' }).click();
  await settled(page);
  await page.getByText('Nothing is changed here').waitFor();
  await page.getByText('Whoever sends it has read it').waitFor();
  equal(await page.getByText('No recorder in a meeting').count(), 0, 'the rule that came later is not there');
  await page.getByText('5 had acknowledged this edition').waitFor();
  equal(await page.locator('#part-readers tbody tr').count(), 5, 'who had read it');
  truth(await page.locator('#part-readers').getByText('Grace Ong').count(), 'by name');
  equal(await page.getByRole('button', { name: /^Edit/ }).count(), 0, 'nothing is edited');
  if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/question-28b.png`, fullPage: true });
  await page.getByRole('link', { name: 'As it is now' }).click();
  await settled(page);
  await page.getByText('No recorder in a meeting').first().waitFor();
});

await test('question 29: Prove that the trail was not edited', async () => {
  const page = await as('claire');
  await visit(page, '/ledger');
  await page.getByRole('button', { name: /Verify/ }).first().click();
  await page.getByText(/intact/i).first().waitFor({ timeout: 60000 });
});
await browser.close();
done();
