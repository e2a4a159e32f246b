// SPDX-License-Identifier: Apache-2.0
// P13: the pages below a path that a reverse proxy passes on, beside another application on the same host. Starts its own
// proxy and server: AIMWELL names the program.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const aimwell = process.env.AIMWELL ?? 'build/aimwell';
const work = mkdtempSync(join(tmpdir(), 'aimwell-below-'));
let port = 0;
const strays = [];
const proxy = http.createServer((asked, reply) => {
  if (!/^\/aims(\/|\?|$)/.test(asked.url)) {
    strays.push(asked.url);
    reply.writeHead(200, { 'content-type': 'text/html' }).end('<title>another application</title>');
    return;
  }
  const on = http.request({ host: '127.0.0.1', port, method: asked.method, path: asked.url, headers: { ...asked.headers, 'x-forwarded-for': '127.0.0.1' } }, (answer) => {
    reply.writeHead(answer.statusCode, answer.headers);
    answer.pipe(reply);
  });
  on.on('error', () => reply.destroy());
  reply.on('close', () => on.destroy());
  asked.pipe(on);
});
await new Promise((ready) => proxy.listen(0, '127.0.0.1', ready));
process.env.BASE = `http://127.0.0.1:${proxy.address().port}/aims`;
const { base, becomes, done, equal, open, settled, test, truth, visit } = await import('./browser.mjs');

const data = join(work, 'data');
execFileSync(aimwell, ['init', '--data', data, '--organisation', 'Ember Works'], { stdio: 'ignore' });
const server = spawn(aimwell, ['serve', '--data', data, '--listen', '127.0.0.1:0', '--public', base], { stdio: ['ignore', 'pipe', 'pipe'] });
let said = '';
let complained = '';
server.stdout.on('data', (text) => (said += text));
server.stderr.on('data', (text) => (complained += text));
const setup = await becomes(() => said.match(/http:\S*\/setup#\S+/)?.[0] ?? '', /setup/, 'the link of the server', 60000);
port = Number(said.match(/http:\/\/127\.0\.0\.1:(\d+)\/aims\n/)[1]);

const browser = await open();
const complaints = [];
async function somebody() {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB', reducedMotion: 'reduce', acceptDownloads: true });
  const page = await context.newPage();
  page.setDefaultTimeout(10000);
  page.on('console', (m) => { if (m.type() === 'error' && !/status of 4\d\d/.test(m.text())) complaints.push(m.text()); });
  page.on('pageerror', (e) => complaints.push(e.message));
  return page;
}
const page = await somebody();
const first = 'river table window seven';
const second = 'harbour lantern forty two';
const path = () => new URL(page.url()).pathname;

await test('P13 the link that the server prints sets up the organisation below the path', async () => {
  truth(setup.startsWith(`${base}/setup#`), setup);
  await page.goto(setup);
  await page.locator('#name').fill('Ada First');
  await page.locator('#email').fill('ada@ember.example');
  await page.locator('#password').fill(first);
  await page.locator('#manager-name').fill('Bo Second');
  await page.locator('#manager-email').fill('bo@ember.example');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'The organisation is set up' }).waitFor();
});
const link = await page.locator('.once input').inputValue();
await page.context().clearCookies();
await test('P13 the manager arrives by a link and signs in', async () => {
  truth(link.startsWith(`${base}/reset#`), link);
  await page.goto(link);
  await page.locator('#next').fill(second);
  await page.locator('#again').fill(second);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Your password is set' }).waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL(`${base}/login**`);
  await page.locator('#email').fill('bo@ember.example');
  await page.locator('#password').fill(second);
  await page.keyboard.press('Enter');
  await page.waitForURL(`${base}/`);
  await settled(page);
  const cookie = (await page.context().cookies(base)).find((one) => /aw_session/.test(one.name));
  equal(cookie?.path, '/aims', 'the path of the cookie');
});
let key = '';
await test('P13 links, going back and reloading stay below it', async () => {
  await page.goto(`${base}/k/task/new`);
  await page.locator('#new-title').fill('Below a path');
  await page.locator('#new-title').press('Control+Enter');
  await page.waitForURL(/\/aims\/k\/task\/TSK-/);
  key = path().split('/').at(-1);
  await visit(page, '/k/task');
  const row = page.getByRole('link', { name: 'Below a path' }).first();
  equal(await row.getAttribute('href'), `/aims/k/task/${key}`, 'what the link says');
  await row.click();
  await page.waitForURL(`${base}/k/task/${key}`);
  await settled(page);
  await page.goBack();
  await page.waitForURL(`${base}/k/task`);
  await page.goForward();
  await page.waitForURL(`${base}/k/task/${key}`);
  await page.reload();
  await settled(page);
  await page.getByRole('heading', { name: 'Below a path' }).waitFor();
  await visit(page, '/checks/iso-42001/A.5.2').catch(() => undefined);
  equal(path(), '/aims/checks/iso-42001/A.5.2', 'an address with a dot, opened');
  const every = await page.evaluate(() => [...document.querySelectorAll('a[href]')].map((a) => a.getAttribute('href')));
  equal(every.filter((one) => one.startsWith('/') && !/^\/aims(\/|$)/.test(one)), [], 'links that lead beside the path');
});
await test('P13 a field is changed, another tab hears of it, and a download comes', async () => {
  await visit(page, `/k/task/${key}`);
  const other = await page.context().newPage();
  await other.goto(`${base}/k/task/${key}`);
  await settled(other);
  const before = await other.locator('dl').allInnerTexts();
  await page.locator('#field-title .pencil, #field-due .pencil').first().focus();
  await page.keyboard.press('Enter');
  const name = await page.locator('.line.editing').getAttribute('id');
  const box = page.locator('.line.editing input').first();
  if (name === 'field-due') { await box.click(); await page.keyboard.type('2030-05-06'); } else await box.fill('Changed below');
  await page.keyboard.press('Enter');
  await page.locator('.line.editing').waitFor({ state: 'detached' });
  const shown = await page.locator(`#${name} dd`).first().innerText();
  await becomes(() => other.locator(`#${name} dd`).first().innerText(), shown, 'what the other tab shows', 15000);
  truth(JSON.stringify(await other.locator('dl').allInnerTexts()) !== JSON.stringify(before), 'the other tab shows what it showed before');
  await page.goto(`${base}/ledger`);
  const [file] = await Promise.all([page.waitForEvent('download'), page.locator('a[download="checkpoint.txt"]').click()]);
  truth(file.url().startsWith(`${base}/api/v1/ledger/checkpoint`), file.url());
});
await test('P13 signing out leaves alone what others on the host keep', async () => {
  await page.evaluate(() => localStorage.setItem('another', 'stays'));
  await visit(page, '/');
  await page.locator('header').getByRole('button', { name: /Bo Second|Account|Menu/ }).first().click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.waitForURL(`${base}/login**`);
  equal(await page.evaluate(() => localStorage.getItem('another')), 'stays', 'what another application keeps');
  await page.goto(`${base}/k/task/${key}`);
  await page.waitForURL(`${base}/login?to=${encodeURIComponent(`/k/task/${key}`)}`);
  equal(complaints, [], 'what the pages complained about');
  equal(strays.filter((one) => one !== '/favicon.ico'), [], 'what was asked for beside the path');
});
await browser.close();
proxy.closeAllConnections();
proxy.close();
server.kill('SIGTERM');
await new Promise((over) => (server.exitCode === null ? server.on('exit', over) : over()));
await test('P13 the server ended in order', async () => {
  equal(server.exitCode, 0, 'its exit code');
  truth(!/Sanitizer|runtime error/.test(complained), complained.slice(0, 2000));
});
rmSync(work, { recursive: true, force: true });
done();
