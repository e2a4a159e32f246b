// SPDX-License-Identifier: Apache-2.0
// The first hour of an organisation: the one-time link makes the first administrator, who finds empty
// registers that teach, and changes the password. SETUP is the link that the server printed.
import { base, becomes, done, equal, open, settled, test, truth, visit } from './browser.mjs';

const browser = await open();
const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB', reducedMotion: 'reduce' });
const page = await context.newPage();
page.setDefaultTimeout(10000);
const complaints = [];
page.on('console', (m) => { if (m.type() === 'error' && !/status of 4\d\d/.test(m.text())) complaints.push(m.text()); });
page.on('pageerror', (e) => complaints.push(e.message));
const first = 'river table window seven';
const second = 'lamp orchard morning nine';

await test('setup refuses without the token and with a weak password', async () => {
  await page.goto(`${base}/setup`);
  await page.getByText('The address is incomplete.').waitFor();
  equal(await page.getByRole('button', { name: 'Become the administrator' }).isDisabled(), true, 'the button without a token');
  await page.goto('about:blank');
  await page.goto(process.env.SETUP.replace(/^https?:\/\/[^/]+/, base));
  await page.locator('#name').fill('Ada First');
  await page.locator('#email').fill('ada@ember.example');
  await page.locator('#password').fill('short');
  await page.keyboard.press('Enter');
  await page.locator('.error', { hasText: '15' }).waitFor();
});
await test('setup makes the first administrator, once', async () => {
  await page.locator('#password').fill(first);
  await page.keyboard.press('Enter');
  await page.waitForURL(`${base}/`);
  await settled(page);
  const again = await context.request.post(`${base}/api/v1/setup`, { data: { token: decodeURIComponent(process.env.SETUP.split('#')[1]), name: 'Eve', email: 'eve@ember.example', password: first } });
  truth(again.status() >= 400, 'the link works twice');
});
await test('setup empty registers show the ways in', async () => {
  await visit(page, '/k/supplier');
  await page.getByText('No suppliers yet').waitFor();
  truth(await page.getByText('aimwell import supplier').isVisible(), 'no word about bringing in what one has');
  await visit(page, '/readiness');
  await page.getByText('Not ready', { exact: true }).waitFor();
  truth(!/NaN|undefined/.test(await page.locator('main').innerText()), 'numbers over nothing');
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
