// SPDX-License-Identifier: Apache-2.0
// The first hour of an organisation: the one-time link makes the first administrator, who finds empty
// registers that teach, and changes the password. SETUP is the link that the server printed.
import { base, becomes, done, equal, open, settled, test, truth, visit } from './browser.mjs';

const browser = await open();
const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB', timezoneId: 'Asia/Tokyo', reducedMotion: 'reduce' });
const page = await context.newPage();
page.setDefaultTimeout(10000);
const complaints = [];
page.on('console', (m) => { if (m.type() === 'error' && !/status of 4\d\d/.test(m.text())) complaints.push(m.text()); });
page.on('pageerror', (e) => complaints.push(e.message));
const first = 'river table window seven';
const second = 'lamp orchard morning nine';

/** A new person in a browser of their own. */
async function stranger() {
  const own = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB', reducedMotion: 'reduce' });
  const tab = await own.newPage();
  tab.setDefaultTimeout(10000);
  tab.on('console', (m) => { if (m.type() === 'error' && !/status of 4\d\d/.test(m.text())) complaints.push(m.text()); });
  tab.on('pageerror', (e) => complaints.push(e.message));
  return tab;
}
const here = (link) => link.replace(/^https?:\/\/[^/]+/, base);
const linkOn = async (tab) => here(await tab.locator('.once input').inputValue());
/** Opens a link, chooses a password by it and signs in. */
async function arrive(tab, link, email, secret) {
  await tab.goto(link);
  await tab.locator('#next').fill(secret);
  await tab.locator('#again').fill(secret);
  await tab.keyboard.press('Enter');
  await tab.getByRole('heading', { name: 'Your password is set' }).waitFor();
  await tab.keyboard.press('Enter');
  await tab.locator('#email').fill(email);
  await tab.locator('#password').fill(secret);
  await tab.keyboard.press('Enter');
  await tab.waitForURL(`${base}/`);
  await settled(tab);
}
const confirm = async (tab, secret) => {
  const box = tab.locator('#confirm-password');
  if (await box.waitFor({ timeout: 1500 }).then(() => true, () => false)) { await box.fill(secret); await tab.keyboard.press('Enter'); }
};
const toast = (tab, text) => tab.locator('.toast', { hasText: text }).last();

await test('setup refuses without the token and with a weak password', async () => {
  await page.goto(`${base}/setup`);
  await page.getByText('The address is incomplete.').waitFor();
  equal(await page.getByRole('button', { name: 'Set up the organisation' }).isDisabled(), true, 'the button without a token');
  await page.goto('about:blank');
  await page.goto(here(process.env.SETUP));
  await page.locator('#name').fill('Ada First');
  await page.locator('#email').fill('ada@ember.example');
  await page.locator('#password').fill('short');
  await page.keyboard.press('Enter');
  await page.locator('.error', { hasText: '15' }).waitFor();
});
let managerLink = '';
await test('setup U3 makes the first administrator and the first AIMS manager, once', async () => {
  await page.locator('#password').fill(first);
  await page.locator('#manager-name').fill('Ada again');
  await page.locator('#manager-email').fill('ADA@ember.example');
  await page.keyboard.press('Enter');
  await page.locator('fieldset .error').waitFor();
  await page.locator('#manager-name').fill('Bo Second');
  await page.locator('#manager-email').fill('bo@ember.example');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'The organisation is set up' }).waitFor();
  managerLink = await linkOn(page);
  truth(/\/reset#./.test(managerLink), 'no link for the manager');
  await page.getByText('It works once, until').waitFor();
  const again = await context.request.post(`${base}/api/v1/setup`, { data: { token: decodeURIComponent(process.env.SETUP.split('#')[1]), name: 'Eve', email: 'eve@ember.example', password: first } });
  truth(again.status() >= 400, 'the link works twice');
});
let thirdLink = '';
await test('setup U3 invites a third person and says what waits for whom', async () => {
  await page.getByRole('button', { name: 'Invite a third person' }).click();
  await page.locator('#p-name').fill('Cleo Third');
  await page.locator('#p-email').fill('cleo@ember.example');
  await page.locator('.pick', { hasText: 'Assessor' }).first().locator('input').check();
  await page.locator('.dialog-foot .btn.main').click();
  await confirm(page, first);
  await page.locator('.once input').waitFor();
  thirdLink = await linkOn(page);
  await page.keyboard.press('Escape');
  await page.locator('.waiting li', { hasText: 'Cleo Third' }).waitFor();
  truth(/waits for an AIMS manager/.test(await page.locator('.waiting li').innerText()), 'no word for whom it waits');
  equal(await page.locator('.waiting').getByRole('button', { name: 'Confirm' }).count(), 0, 'a button to confirm what one asked for oneself');
});
const bo = await stranger();
const cleo = await stranger();
const boSecret = 'harbour lantern forty two';
await test('setup U3 the manager arrives by the link and confirms', async () => {
  await arrive(bo, managerLink, 'bo@ember.example', boSecret);
  await visit(bo, '/people');
  await bo.locator('.waiting').getByRole('button', { name: 'Confirm' }).click();
  await confirm(bo, boSecret);
  await toast(bo, 'Cleo Third now is Assessor').waitFor();
  await bo.locator('.waiting').waitFor({ state: 'detached' });
  // A link works once.
  const late = await stranger();
  await late.goto(managerLink);
  await late.locator('#next').fill('another password entirely');
  await late.locator('#again').fill('another password entirely');
  await late.keyboard.press('Enter');
  await late.getByText('This link was used already').waitFor();
  await late.context().close();
});
await test('setup S4 an account without a role waits for the manager, who confirms it', async () => {
  await visit(page, '/people');
  await page.getByRole('button', { name: 'Add a person' }).click();
  await page.locator('#p-name').fill('Dora Fourth');
  await page.locator('#p-email').fill('dora@ember.example');
  await page.locator('.dialog-foot .btn.main').click();
  await confirm(page, first);
  await page.locator('.once input').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.waiting li', { hasText: 'Dora Fourth' }).waitFor();
  truth(/new account waits for an AIMS manager/.test(await page.locator('.waiting li').innerText()), 'no word for whom the account waits');
  equal(await page.locator('.waiting').getByRole('button', { name: 'Confirm' }).count(), 0, 'a button to confirm the account one made oneself');
  await page.locator('tbody tr', { hasText: 'Dora Fourth' }).getByText('not confirmed').waitFor();
  await visit(bo, '/people');
  await bo.locator('.waiting').getByRole('button', { name: 'Confirm' }).click();
  await confirm(bo, boSecret);
  await toast(bo, 'Dora Fourth now sees what staff see').waitFor();
  await bo.locator('.waiting').waitFor({ state: 'detached' });
});
await test('setup U3 the third person arrives and works', async () => {
  await arrive(cleo, thirdLink, 'cleo@ember.example', 'cleo walks by the river');
  await visit(cleo, '/settings');
  await cleo.locator('.grant', { hasText: 'Assessor' }).waitFor();
  await cleo.locator('li', { hasText: 'This one' }).waitFor();
});
await test('setup U3 asking tells the real result, and a reset goes by a second person', async () => {
  await visit(page, '/people');
  const row = page.locator('tbody tr', { hasText: 'Cleo Third' });
  await row.getByRole('button', { name: 'Role', exact: true }).click();
  await page.locator('#g-role').selectOption({ label: 'Risk owner' });
  await page.locator('.dialog-foot .btn.main').click();
  await confirm(page, first);
  await toast(page, 'Asked for: Risk owner for Cleo Third. It counts once an AIMS manager has confirmed it.').waitFor();
  const reset = async (tab) => { await tab.locator('tbody tr', { hasText: 'Cleo Third' }).getByRole('button', { name: 'More for' }).click(); await tab.getByRole('menuitem', { name: 'New password by link' }).click(); };
  await reset(page);
  await confirm(page, first);
  await toast(page, 'Asked for. The link goes to another administrator or an AIMS manager, who asks for the same.').waitFor();
  await visit(bo, '/people');
  await reset(bo);
  await confirm(bo, boSecret);
  const link = await linkOn(bo);
  await bo.keyboard.press('Escape');
  await arrive(cleo, link, 'cleo@ember.example', 'cleo walks by the lake now');
});
await test('setup U3 a session that nobody knows is ended', async () => {
  const other = await stranger();
  await other.goto(`${base}/login`);
  await other.locator('#email').fill('cleo@ember.example');
  await other.locator('#password').fill('cleo walks by the lake now');
  await other.keyboard.press('Enter');
  await other.waitForURL(`${base}/`);
  await visit(cleo, '/settings');
  await cleo.getByRole('button', { name: 'End', exact: true }).first().click();
  await confirm(cleo, 'cleo walks by the lake now');
  await toast(cleo, 'The session is ended.').waitFor();
  await becomes(() => cleo.getByRole('button', { name: 'End', exact: true }).count(), 0, 'other sessions');
  // The tab of the ended session notices by itself, at the latest when something changes.
  const csrf = (await (await cleo.context().request.get(`${base}/api/v1/session`)).json()).csrf;
  equal((await cleo.context().request.post(`${base}/api/v1/task`, { data: { title: 'Something changes' }, headers: { 'x-csrf-token': csrf } })).status(), 201, 'a change');
  await other.waitForURL(/\/login/, { timeout: 15000 });
  await other.context().close();
});
await test('setup U12 an empty organisation sees the next act, never a tick', async () => {
  await visit(bo, '/');
  const card = bo.locator('.begin');
  await card.getByRole('heading').first().waitFor();
  const first = card.locator('a.btn.main');
  equal(await first.count(), 1, 'buttons for what comes first');
  truth(!/Nothing waits for you|Nothing blocks the audit/.test(await bo.locator('main').innerText()), 'an empty organisation is told that nothing waits');
  equal(await card.locator('.mark.done').count(), 0, 'ticks before anything was done');
  await first.click();
  await bo.locator('main h1').waitFor();
  truth(new URL(bo.url()).pathname !== '/', 'the button leads nowhere');
  // A tick is an entry of one's own; it can be put away, and taken out again.
  const { learn } = await (await bo.context().request.get(`${base}/api/v1/home`)).json();
  truth(learn.acts.length >= 4 && learn.acts.every((act) => act.entry === undefined), 'an act is ticked that nobody did');
  await visit(bo, '/');
  await bo.getByRole('button', { name: 'Put away' }).click();
  await bo.locator('[data-act]').first().waitFor({ state: 'detached' });
  await bo.reload();
  await settled(bo);
  equal(await bo.locator('[data-act]').count(), 0, 'acts that were put away');
  await bo.getByRole('button', { name: 'Show what one learns by doing' }).click();
  await bo.locator('[data-act]').first().waitFor();
  await visit(bo, '/readiness');
  await bo.locator('.begin').waitFor();
  truth(!/No check fails/.test(await bo.locator('main').innerText()), 'an empty organisation is told that no check fails');
});
await test('setup empty registers show the ways in', async () => {
  await visit(bo, '/k/supplier');
  await bo.getByText('No suppliers yet').waitFor();
  truth(await bo.locator('main a[href="/k/supplier/import"]').first().isVisible(), 'no way to bring in what one has');
  await visit(bo, '/readiness');
  await bo.getByText('Not ready', { exact: true }).waitFor();
  truth(!/NaN|undefined/.test(await bo.locator('main').innerText()), 'numbers over nothing');
});
await test('setup P8 the organisation has the day of whoever set it up, and everybody follows when it is changed', async () => {
  const organisation = async () => (await page.request.get(`${base}/api/v1/organisation`)).json();
  equal((await organisation()).zone, 'Asia/Tokyo', 'the zone after the set-up');
  await visit(page, '/settings');
  const box = page.locator('#zone');
  await box.fill('Atlantis/Poseidonis');
  await page.keyboard.press('Enter');
  await page.locator('#zone-wrong').waitFor();
  equal(await box.inputValue(), 'Atlantis/Poseidonis', 'what was typed after the refusal');
  // Two days that differ at any hour of the day; the browser of bo stands in neither.
  const type = async () => {
    await bo.reload();
    await visit(bo, '/k/task/new');
    if (!await bo.locator('#new-due').count()) await bo.locator('.more').click();
    await bo.locator('#new-due').fill('today');
    await bo.keyboard.press('Tab');
    return bo.locator('#new-due').inputValue();
  };
  const seen = [];
  for (const zone of ['Pacific/Kiritimati', 'Pacific/Pago_Pago']) {
    await box.fill(zone);
    await page.getByRole('button', { name: 'Set the time zone' }).click();
    await toast(page, `The organisation’s time zone is ${zone}`).waitFor();
    seen.push(await type());
    equal(seen.at(-1), (await organisation()).today, `"today" typed by somebody else under ${zone}`);
  }
  truth(seen[0] !== seen[1], 'the two days are one');
  await visit(cleo, '/settings');
  await cleo.getByText('in the time zone Pacific/Pago_Pago').waitFor();
  equal(await cleo.locator('#zone').count(), 0, 'a box for whoever may not set it');
  await visit(bo, '/settings');
  await bo.locator('#zone').waitFor();
});
await test('setup password is changed in the settings', async () => {
  await visit(page, '/settings');
  await page.locator('#old').fill(first);
  await page.locator('#next').fill(second);
  await page.locator('#again').fill('something else entirely');
  await page.getByRole('button', { name: 'Change the password' }).click();
  await page.getByText('The two new passwords differ.').waitFor();
  await page.locator('#again').fill(second);
  await page.getByRole('button', { name: 'Change the password' }).click();
  await page.locator('.toast', { hasText: 'The password is changed.' }).waitFor();
  const sign = async (password) => (await (await browser.newContext()).request.post(`${base}/api/v1/session`, { data: { email: 'ada@ember.example', password } })).status();
  equal(await sign(second), 201, 'signing in with the new password');
  equal(await sign(first), 401, 'signing in with the old password');
  // Whoever changed it stays signed in.
  await page.reload();
  await becomes(() => page.locator('h1').innerText(), 'Settings');
  equal(complaints, [], 'what the pages complained about');
});
await browser.close();
done();
