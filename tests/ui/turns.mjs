// SPDX-License-Identifier: Apache-2.0
// Whose turn it is, as people see it: nothing is offered that disqualifies, and who signs next is told.
import { becomes, done, equal, open, password, signedIn, test, truth, visit } from './browser.mjs';

const browser = await open();
const complain = (page) => equal(page.complaints, [], 'what the page complained about');
const bar = (page) => page.locator('#next-step');

await test('U4 an approver is not offered to fill in what would bar them', async () => {
  const [author, approver] = await Promise.all([signedIn(browser, 'sara'), signedIn(browser, 'lin')]);
  const made = await author.ask('POST', '/document', { title: 'Procedure of turns', doc_type: 'procedure', ref_no: '77', lang: ['en'], location: 'shelf', change_summary: 'first' });
  await author.ask('POST', `/document/${made.key}/moves/submit`, {});
  await visit(approver, `/k/document/${made.key}`);
  await bar(approver).getByText('may not sign afterwards').waitFor();
  equal(await bar(approver).getByRole('button', { name: /^Fill in all/ }).count(), 0, 'offers to fill in');
  await visit(author, '/');
  await author.locator('.task', { hasText: 'Procedure of turns' }).getByText('Still missing').waitFor();
  complain(approver);
  complain(author);
  await Promise.all([author.context().close(), approver.context().close()]);
});

await test('U4 U5 a record says for whom it waits, or that it is at rest', async () => {
  const page = await signedIn(browser, 'sara');
  const made = await page.ask('POST', '/document', { title: 'Complete procedure', doc_type: 'procedure', ref_no: '78', lang: ['en'], location: 'shelf', change_summary: 'first',
    version_label: '1', effective: '2026-11-01', review_due: '2027-11-01' });
  await page.ask('POST', `/document/${made.key}/moves/submit`, {});
  await visit(page, `/k/document/${made.key}`);
  await bar(page).locator('.awaited').getByText('AIMS manager').waitFor();
  await visit(page, '/');
  await page.locator('#part-others .task', { hasText: 'Complete procedure' }).getByText('AIMS manager').waitFor();
  const resting = (await page.ask('GET', '/document?state=published&limit=1')).items[0];
  truth(resting, 'a published document in the demo organisation');
  await visit(page, `/k/document/${resting.key}`);
  await bar(page).getByText('At rest').waitFor();
  complain(page);
  await page.context().close();
});

await test('a deputy sees what waits for the other one, acts in their name, and the page says so', async () => {
  const [lin, sara] = await Promise.all([signedIn(browser, 'lin'), signedIn(browser, 'sara')]);
  const me = (await sara.ask('GET', '/session')).user.id;
  const unit = await lin.ask('POST', '/org_unit', { title: 'Branch to be closed' });
  const day = new Date(Date.now() + 5 * 86400000).toISOString().slice(0, 10);
  const lent = await lin.ask('POST', '/delegation', { title: 'Leave', deputy: me, roles: ['aims_manager'], valid_to: day });
  await lin.ask('POST', `/delegation/${lent.key}/moves/offer`, {});
  await visit(sara, '/');
  await sara.locator('.task', { hasText: lent.key }).getByRole('button', { name: 'Accept to stand in' }).waitFor();
  await sara.ask('POST', `/delegation/${lent.key}/moves/accept`, {});
  await visit(sara, '/');
  const panel = sara.locator('section', { has: sara.getByRole('heading', { name: 'For Lin Wang' }) }).last();
  await panel.getByText('you stand in until').waitFor();
  await panel.getByRole('link', { name: 'Open' }).first().waitFor();
  await visit(sara, `/k/org_unit/${unit.key}`);
  await bar(sara).getByRole('button', { name: 'More steps' }).click();
  await sara.getByRole('menuitem', { name: 'Close' }).click();
  const dialog = sara.getByRole('dialog');
  await dialog.getByText('You act for Lin Wang').waitFor();
  await dialog.locator('#ask-reason').fill('Moved away');
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await dialog.waitFor({ state: 'detached' });
  const last = (await sara.ask('GET', `/org_unit/${unit.key}/history?limit=1`)).items[0];
  equal([last.actor.id, last.actor.for?.name, last.to], [me, 'Lin Wang (王琳)', 'closed'], 'who closed it, for whom');
  await lin.ask('POST', `/delegation/${lent.key}/moves/take_back`, {});
  await visit(sara, '/');
  equal(await sara.getByRole('heading', { name: 'For Lin Wang' }).count(), 0, 'what is lent when it was taken back');
  complain(sara);
  complain(lin);
  await Promise.all([lin.context().close(), sara.context().close()]);
});

await test('U9 G15 a locked record is handed over from its page, and taken over from the other one', async () => {
  const page = await signedIn(browser, 'sara');
  const made = await page.ask('POST', '/task', { title: 'To be handed over' });
  await page.ask('POST', `/task/${made.key}/moves/finish`, { outcome: 'done' });
  await visit(page, `/k/task/${made.key}`);
  await bar(page).getByRole('button', { name: 'More steps' }).click();
  await page.getByRole('menuitem', { name: 'Hand over' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.locator('#ask-owner').fill('Lin');
  await page.locator('[role=listbox]:popover-open [role=option]', { hasText: 'Lin Wang' }).first().click();
  await dialog.locator('#ask-reason').fill('Leaving the team');
  await dialog.getByRole('button', { name: 'Hand over' }).click();
  await dialog.waitFor({ state: 'detached' });
  const owner = async () => { const now = await page.ask('GET', `/task/${made.key}`); return now.names[now.owner]?.title; };
  equal(await owner(), 'Sara Lim (林莎)', 'the owner before the other one has accepted');
  await page.locator('.fact', { hasText: 'Offered to' }).getByText('Lin Wang').waitFor();
  const lin = await signedIn(browser, 'lin');
  await visit(lin, `/k/task/${made.key}`);
  await bar(lin).getByRole('button', { name: 'Accept the hand-over' }).click();
  await lin.getByRole('dialog').getByRole('button', { name: 'Accept the hand-over' }).click();
  await becomes(owner, 'Lin Wang (王琳)', 'the owner');
  for (const one of [page, lin]) {
    complain(one);
    await one.context().close();
  }
});

await test('G7 a change of a system in operation that one has signed is a task of the other, until it is taken back', async () => {
  const [priya, mei] = await Promise.all([signedIn(browser, 'priya'), signedIn(browser, 'mei')]);
  const me = (await priya.ask('GET', '/session')).user.id;
  const system = (await priya.ask('GET', `/ai_system?state=operating&owner=${me}&limit=1`)).items[0];
  truth(system, 'a system in operation of hers');
  const task = (page) => page.locator('.task', { hasText: system.key });
  const change = `/ai_system/${system.key}/moves/change_operating`;
  await visit(mei, '/');
  equal(await task(mei).count(), 0, 'tasks about it before');
  await visit(priya, `/k/ai_system/${system.key}`);
  await bar(priya).getByText('At rest').waitFor();
  await priya.ask('POST', change, { running_version: '9.9', reason: 'A better one', password });
  await visit(mei, '/');
  await task(mei).getByRole('button', { name: 'Change what was approved' }).waitFor();
  await visit(priya, '/');
  await priya.locator('#part-others .task', { hasText: system.key }).getByText('Designated management').waitFor();
  await visit(priya, `/k/ai_system/${system.key}`);
  await bar(priya).locator('.awaited').getByText('Designated management').waitFor();
  await priya.ask('POST', `${change}/withdraw`, {});
  await visit(mei, '/');
  equal(await task(mei).count(), 0, 'tasks about it when it was taken back');
  await visit(priya, `/k/ai_system/${system.key}`);
  await bar(priya).getByText('At rest').waitFor();
  complain(priya);
  complain(mei);
  await Promise.all([priya.context().close(), mei.context().close()]);
});

await browser.close();
done();
