// SPDX-License-Identifier: Apache-2.0
// A backup brought to the page of the first start: what is none is refused in words and can be tried again; a whole one is
// opened at the same address, an old account signs in, and an administrator says that it is the only copy. Starts its own
// server: AIMWELL names the program.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const aimwell = process.env.AIMWELL ?? 'build/aimwell';
const work = mkdtempSync(join(tmpdir(), 'aimwell-bring-'));
const at = (name) => join(work, name);
const secret = 'harbour lantern forty two';
const run = (...words) => execFileSync(aimwell, words, { stdio: 'ignore' });
writeFileSync(at('password'), `${secret}\n`);
run('init', '--data', at('old'), '--organisation', 'Ember Works');
run('user', 'add', 'ada@ember.example', '--name', 'Ada First', '--roles', 'admin', '--password-file', at('password'), '--keep', '--data', at('old'));
run('backup', '--data', at('old'), '--out', at('whole.zip'));
const bytes = readFileSync(at('whole.zip'));
writeFileSync(at('half.zip'), bytes.subarray(0, bytes.length / 2));
mkdirSync(at('new'));
const server = spawn(aimwell, ['serve', '--data', at('new'), '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'pipe'] });
let said = '';
let complained = '';
server.stdout.on('data', (text) => (said += text));
server.stderr.on('data', (text) => (complained += text));
const { axePath, becomes, done, equal, open, settled, test, truth } = await import('./browser.mjs');
const axeText = readFileSync(axePath, 'utf8');
const link = await becomes(() => said.match(/http:\S*\/setup\S*#\S+/)?.[0] ?? '', /setup/, 'the link of the server', 60000);
const base = new URL(link).origin;

const browser = await open();
const complaints = [];
const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB', reducedMotion: 'reduce' });
const page = await context.newPage();
page.setDefaultTimeout(10000);
page.on('console', (m) => { if (m.type() === 'error' && !/status of 4\d\d|ERR_/.test(m.text())) complaints.push(m.text()); });
page.on('pageerror', (e) => complaints.push(e.message));
const axe = async (name) => {
  await page.evaluate(axeText);
  const found = await page.evaluate(async () => (await globalThis.axe.run(document, { resultTypes: ['violations'] })).violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(', ')}`));
  truth(found.length === 0, `${name}: ${found.join(' · ')}`);
};
const choose = (file) => page.locator('.drop input[type=file]').setInputFiles(at(file));

await test('bring half a backup is refused in words, and another can be tried', async () => {
  await page.goto(link);
  await page.locator('.card').nth(2).click();
  await page.getByText('Drop the file here').waitFor();
  await axe('the place to drop it');
  await choose('half.zip');
  await page.getByRole('alert').filter({ hasText: 'is not a backup' }).waitFor();
  await page.getByText('Drop the file here').waitFor();
});
await test('bring a whole one is opened, at the same address', async () => {
  await choose('whole.zip');
  await page.getByText('Ember Works is open.').waitFor({ timeout: 60000 });
  await page.getByText(/All of it was verified: \d+ entries/).waitFor();
  await axe('it is open');
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.waitForURL(`${base}/login`);
});
await test('bring an old account signs in, and says that it is the only copy', async () => {
  await page.locator('#email').fill('ada@ember.example');
  await page.locator('#password').fill(secret);
  await page.keyboard.press('Enter');
  await page.waitForURL(`${base}/`);
  await page.locator('.banner').getByText('This organisation is out of a backup.').waitFor();
  await page.locator('.banner').getByRole('link', { name: 'Settings' }).click();
  await page.locator('#copy').waitFor();
  await settled(page);
  await axe('settings of a copy');
  await page.getByRole('button', { name: 'This is the only copy' }).click();
  await page.getByText('Webhooks and letters go out again.').waitFor();
  equal(await page.locator('#copy, .banner').count(), 0, 'what is left of the question');
  const me = await (await page.context().request.get(`${base}/api/v1/session`)).json();
  equal(me.organisation.restored, false, 'restored');
});
equal(complaints, [], 'what the pages complained about');
await browser.close();
server.kill('SIGTERM');
equal(await new Promise((ended) => server.on('exit', ended)), 0, 'how the server ended');
truth(!/Sanitizer|runtime error/.test(complained), complained);
rmSync(work, { recursive: true });
done();
