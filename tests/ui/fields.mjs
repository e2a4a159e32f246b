// SPDX-License-Identifier: Apache-2.0
// An administrator adds a field and a register in the pages; a colleague, whose page stays open, fills them in.
import { readFileSync } from 'node:fs';
import { axePath, becomes, done, equal, open, settled, signedIn, test, truth, visit } from './browser.mjs';

const browser = await open();
const axe = readFileSync(axePath, 'utf8');
const complain = (page) => equal(page.complaints, [], 'what the page complained about');
async function clean(page, where) {
  await page.evaluate(axe);
  const wrong = await page.evaluate(async () => (await globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })).violations.map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 120)}`));
  equal(wrong, [], `what axe found on ${where}`);
}
const picture = async (page, name) => process.env.PICTURES && page.screenshot({ path: `${process.env.PICTURES}/${name}.png`, fullPage: true });
const outcome = (page) => page.locator('[data-outcome]');

await test('E4 a field is added, and a page that was open has it without being loaded again', async () => {
  const [admin, colleague] = await Promise.all([signedIn(browser, 'pat'), signedIn(browser, 'lin')]);
  await visit(colleague, '/k/ai_system/new');
  await colleague.locator('#new-title').fill('Letters to customers');
  await visit(admin, '/');
  await admin.getByRole('link', { name: 'Fields and registers' }).click();
  await admin.locator('#f-of').selectOption('ai_system');
  await admin.locator('#f-en').fill('Agency in charge');
  await admin.locator('#f-zh').fill('主管机构');
  await admin.getByText('x_agency_in_charge').waitFor();
  await admin.getByLabel('Must be filled in').check();
  await clean(admin, 'the form of a field');
  await picture(admin, 'fields-form');
  await admin.getByRole('button', { name: 'Rehearse and show the difference' }).click();
  await outcome(admin).getByText('a new field, “Agency in charge”').waitFor();
  await picture(admin, 'fields-difference');
  equal((await colleague.ask('GET', '/model')).kinds.find((k) => k.kind === 'ai_system').fields.some((f) => f.name === 'x_agency_in_charge'), false, 'a rehearsal changes nothing');
  // Another word, and what was looked at counts no more.
  await admin.locator('#f-about').fill('Who answers for it.');
  await outcome(admin).waitFor({ state: 'detached' });
  await admin.getByRole('button', { name: 'Rehearse and show the difference' }).click();
  await outcome(admin).getByRole('button', { name: 'Make the change' }).click();
  await admin.getByText('It is there for everybody.').waitFor();
  await colleague.locator('#new-x_agency_in_charge').waitFor();
  equal(await colleague.locator('#new-title').inputValue(), 'Letters to customers', 'what was being typed stays');
  await colleague.locator('#new-x_agency_in_charge').fill('North office');
  await colleague.locator('form button[type=submit]').click();
  await colleague.waitForURL(/\/k\/ai_system\/[A-Z]+-\d+/);
  await settled(colleague);
  await colleague.getByText('North office').first().waitFor();
  complain(admin);
  complain(colleague);
});

await test('E4 a register is made, stands in the sidebar of a colleague, and takes its first record', async () => {
  const [admin, colleague] = await Promise.all([signedIn(browser, 'pat'), signedIn(browser, 'lin')]);
  await visit(colleague, '/');
  await visit(admin, '/fields');
  await admin.getByLabel('A new register').check();
  await admin.locator('#k-en').fill('Site visit');
  await admin.locator('#k-many').fill('Site visits');
  await admin.locator('#k-about').fill('Visits to where systems are used.');
  await admin.getByText('XSV-0001').waitFor();
  await admin.getByRole('button', { name: 'Add a field' }).click();
  await admin.locator('#k0-en').fill('Place visited');
  await admin.getByLabel('Must be filled in').check();
  await clean(admin, 'the form of a register');
  await picture(admin, 'fields-register');
  await admin.getByRole('button', { name: 'Rehearse and show the difference' }).click();
  await outcome(admin).getByText('A new register: Site visits').waitFor();
  await outcome(admin).getByRole('button', { name: 'Make the change' }).click();
  await admin.getByText('It is there for everybody.').waitFor();
  await colleague.getByRole('navigation', { name: 'Main navigation' }).getByRole('link', { name: 'Site visits' }).click();
  await settled(colleague);
  await visit(colleague, '/k/x_site_visit/new');
  await colleague.locator('#new-title').fill('North office, first look');
  await colleague.locator('#new-x_place_visited').fill('Hamburg');
  await colleague.locator('form button[type=submit]').click();
  await colleague.waitForURL(/\/k\/x_site_visit\/XSV-0001/);
  await colleague.getByText('Hamburg').first().waitFor();
  await becomes(() => admin.locator('tbody').innerText().then((text) => text.includes('Site visits')), true, 'what was changed is told');
  complain(admin);
  complain(colleague);
});

await test('E4 what cannot be is refused in words, beside what it is about', async () => {
  const admin = await signedIn(browser, 'pat');
  await visit(admin, '/fields');
  await admin.locator('#f-of').selectOption('ai_system');
  await admin.locator('#f-en').fill('Agency in charge');
  await admin.getByRole('button', { name: 'Rehearse and show the difference' }).click();
  await admin.getByRole('alert').getByText('has a field x_agency_in_charge already').waitFor();
  equal(await outcome(admin).count(), 0, 'no difference is shown');
  const staff = await signedIn(browser, 'sara');
  await visit(staff, '/');
  equal(await staff.getByRole('link', { name: 'Fields and registers' }).count(), 0, 'nobody else is offered it');
  truth((await staff.api('GET', '/site/model')).status === 403, 'nor told');
  complain(admin);
});

await test('E4 what was added goes away again while nothing is in it, and not while something is', async () => {
  const admin = await signedIn(browser, 'pat');
  await visit(admin, '/fields');
  await admin.locator('#f-of').selectOption('task');
  await admin.locator('#f-en').fill('Passing fancy');
  await admin.getByRole('button', { name: 'Rehearse and show the difference' }).click();
  await outcome(admin).getByRole('button', { name: 'Make the change' }).click();
  await admin.getByText('It is there for everybody.').waitFor();
  await admin.getByLabel('Take away').check();
  await admin.locator('#d-what').selectOption('ai_system.x_agency_in_charge');
  await admin.getByRole('button', { name: 'Rehearse and show the difference' }).click();
  await admin.locator('.note.bad[role=alert]').first().waitFor();
  equal(await outcome(admin).count(), 0, 'what would change, though a record holds something in it');
  await picture(admin, 'fields-held');
  await admin.locator('#d-what').selectOption('task.x_passing_fancy');
  await clean(admin, 'taking away');
  await admin.getByRole('button', { name: 'Rehearse and show the difference' }).click();
  await outcome(admin).getByText('the field “Passing fancy” (x_passing_fancy) goes').waitFor();
  await picture(admin, 'fields-drop');
  await outcome(admin).getByRole('button', { name: 'Take it away' }).click();
  await admin.getByText('It is gone, for everybody.').waitFor();
  await admin.getByText('Taken away: Task: x_passing_fancy').waitFor();
  await becomes(async () => (await admin.ask('GET', '/model')).kinds.find((k) => k.kind === 'task').fields.some((f) => f.name === 'x_passing_fancy'), false, 'the field');
  complain(admin);
});

await browser.close();
done();
