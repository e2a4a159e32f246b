// SPDX-License-Identifier: Apache-2.0
// Files become records on the page: dropped, matched, rehearsed, taken in while another person works, and undone. SHARED_DATA
// names the folder with the federal inventory; without it a table of the same shape is made.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { axePath, becomes, done, equal, open, settled, signedIn, test, truth, visit } from './browser.mjs';

const browser = await open();
const axe = readFileSync(axePath, 'utf8');
const complain = (page) => equal(page.complaints, [], 'what the page complained about');
const folder = mkdtempSync(join(tmpdir(), 'transfer-'));
const federal = `${process.env.SHARED_DATA ?? ''}/federal-ai-inventory/2025_individually_reported_AI_use_cases.csv`;

function inventory() {
  const made = join(folder, 'made.csv');
  if (existsSync(federal)) return federal;
  writeFileSync(made, 'agency,id,use_case_name,problem_solved\n' +
    Array.from({ length: 3611 }, (_, n) => `A${n % 40},X-${n % 3500},${n === 9 ? '' : `Use case ${n}`},"What it is for, ${n}"\n`).join(''));
  return made;
}
/** The same as dragging a file from a folder onto the page. */
async function dropped(page, path, name) {
  const bytes = readFileSync(path).toString('base64');
  const data = await page.evaluateHandle(([b64, called]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(atob(b64), (c) => c.charCodeAt(0))], called));
    return transfer;
  }, [bytes, name]);
  await page.locator('.drop').dispatchEvent('dragover', { dataTransfer: data });
  await page.locator('.drop').dispatchEvent('drop', { dataTransfer: data });
}
const at = (page, words, timeout = 60000) => page.locator('#t-do', { hasText: words }).waitFor({ timeout });
const count = async (page, what) => Number((await page.locator('.counts div', { hasText: what }).locator('dd').innerText()).replace(/\D/g, ''));
async function clean(page, where) {
  await page.evaluate(axe);
  const wrong = await page.evaluate(async () => (await globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })).violations.map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 120)}`));
  equal(wrong, [], `what axe found on ${where}`);
}
const picture = async (page, name) => process.env.PICTURES && page.screenshot({ path: `${process.env.PICTURES}/${name}.png`, fullPage: true });

await test('E6 a workbook of 3,611 systems is dropped, matched, rehearsed, taken in and undone, while another works', async () => {
  const book = join(folder, 'inventory.xlsx');
  execFileSync('python3', [fileURLToPath(new URL('../tools/csv_to_xlsx.py', import.meta.url)), inventory(), book]);
  const [page, other] = await Promise.all([signedIn(browser, 'sara'), signedIn(browser, 'lin')]);
  const before = (await page.ask('GET', '/ai_system?limit=1')).total;
  await visit(page, '/k/ai_system');
  await page.getByRole('link', { name: 'Import…' }).click();
  await page.waitForURL(/\/k\/ai_system\/import/);
  await picture(page, 'transfer-drop');
  await dropped(page, book, 'inventory.xlsx');
  await at(page, 'Ready to be rehearsed');
  equal(await page.locator('#t-sheet').inputValue(), 'Inventory', 'the sheet, not the hidden one');
  equal(await page.locator('#t-header').inputValue(), '3', 'the row of the headings, below the banner');
  await page.getByText('3,611 rows').waitFor();
  const field = (column) => page.getByRole('combobox', { name: `What “${column}” becomes` });
  await page.getByText('A new record needs: Name').waitFor();
  equal(await field('use_case_name').inputValue(), '', 'several columns are called names: none is guessed');
  equal(await field('id').inputValue(), 'external_id', 'ids of another system');
  await field('use_case_name').selectOption('title');
  await becomes(() => page.getByText('A new record needs').count(), 0);
  await field('id').selectOption('');
  await page.locator('tr', { hasText: 'left out by you' }).first().waitFor();
  await field('is_high_impact').selectOption('');
  await becomes(() => page.getByText('left out by you').count(), 2);
  await field('problem_solved').selectOption('purpose');
  await becomes(() => field('problem_solved').inputValue(), 'purpose');
  await page.locator('tr', { hasText: 'problem_solved' }).getByText('by you').waitFor();
  await picture(page, 'transfer-matched');
  await clean(page, 'the columns');
  await page.getByRole('button', { name: 'Rehearse' }).click();
  await at(page, 'What would come of it');
  const promised = [await count(page, 'New'), await count(page, 'Rejected')];
  truth(promised[0] > 3500 && promised[0] + promised[1] === 3611, `new and rejected of 3,611: ${promised}`);
  await page.locator('.reasons .where', { hasText: 'line' }).first().waitFor();
  equal((await page.ask('GET', '/ai_system?limit=1')).total, before, 'systems after the rehearsal');
  await picture(page, 'transfer-rehearsed');
  await clean(page, 'the rehearsal');
  await page.getByRole('button', { name: 'Take it in' }).click();
  await page.locator('progress').waitFor();
  await picture(page, 'transfer-taking');
  for (let n = 0; n < 5; n++) await other.ask('POST', '/task', { title: `Meanwhile ${n}` });
  await visit(other, '/k/task');
  await other.getByText('Meanwhile 4').first().waitFor();
  await at(page, 'What came of it');
  equal([await count(page, 'New'), await count(page, 'Rejected')], promised, 'what came, and what was promised');
  equal((await page.ask('GET', '/ai_system?limit=1')).total, before + promised[0], 'systems afterwards');
  await page.reload();
  await at(page, 'What came of it');
  await page.getByRole('button', { name: 'Undo' }).first().click();
  await page.getByText(`${promised[0].toLocaleString('en-GB')} records were taken back.`).waitFor({ timeout: 240000 });
  await picture(page, 'transfer-undone');
  equal((await page.ask('GET', '/ai_system?limit=1&state.not=archived')).total ?? before, before, 'systems that are left');
  complain(page);
  complain(other);
  await Promise.all([page.context().close(), other.context().close()]);
});

await test('E6 a file that is no table is named for what it is, and a better one follows', async () => {
  const page = await signedIn(browser, 'sara', { lang: 'zh', theme: 'dark', width: 390, height: 844 });
  await visit(page, '/k/task/import');
  writeFileSync(join(folder, 'a.csv'), '%PDF-1.7');
  writeFileSync(join(folder, 'tasks.csv'), '外部 ID,要做什么,详情,05\nX-1,任务一,很快,a\nX-2,,很快,b\n');
  await page.locator('input[type=file]').setInputFiles(join(folder, 'a.csv'));
  await page.getByText('这是 PDF 文件').waitFor();
  await page.getByRole('button', { name: '换一个文件' }).click();
  await page.locator('input[type=file]').setInputFiles(join(folder, 'tasks.csv'));
  await at(page, '可以试运行');
  await picture(page, 'transfer-zh-dark-390-looked');
  truth(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'the page is as wide as the screen');
  equal(await page.locator('#t-header').inputValue(), '1', 'a heading may be a number');
  await page.getByRole('button', { name: '试运行' }).focus();
  await page.keyboard.press('Enter');
  await at(page, '试运行结果');
  equal(await count(page, '拒绝'), 1, 'rejected rows');
  await picture(page, 'transfer-zh-dark-390');
  await clean(page, 'the page in the dark');
  truth(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'still');
  complain(page);
  await page.context().close();
});

await test('E6 the palette leads there, and who may not create is told', async () => {
  const page = await signedIn(browser, 'sara');
  await visit(page, '/');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('import ai sys');
  await page.getByRole('option', { name: 'Import AI systems' }).click();
  await page.waitForURL(/\/k\/ai_system\/import/);
  await visit(page, '/k/org_unit/import');
  await page.getByText('Your roles do not include').waitFor();
  complain(page);
  await page.context().close();
});

/** A few hundred records of their own, and the list that shows them all. */
async function many(page, mark, count) {
  const file = join(folder, `${mark}.csv`);
  writeFileSync(file, 'external_id,title\n' + Array.from({ length: count }, (_, n) => `${mark}-${n},${mark} ${n}`).join('\n') + '\n');
  await visit(page, '/k/task/import');
  await page.locator('input[type=file]').setInputFiles(file);
  await at(page, 'Ready to be rehearsed');
  const { id } = (await page.ask('GET', '/transfer')).items.find((one) => one.name === `${mark}.csv`);
  await becomes(async () => (await page.ask('GET', `/transfer/${id}`)).state, 'looked');
  await page.ask('POST', `/transfer/${id}/take`);
  await becomes(async () => (await page.ask('GET', `/transfer/${id}`)).state, 'taken', 'the import', 60000);
  await page.ask('DELETE', `/transfer/${id}`);
  const ids = [];
  for (let cursor = ''; cursor !== null;) {
    const list = await page.ask('GET', `/task?q=${mark}&limit=1000&fields=title${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    ids.push(...list.items.map((one) => one.id));
    cursor = list.next;
  }
  equal(ids.length, count, 'records to change');
  return ids;
}
/** Selects all of a list that has been loaded to its end. */
async function selectAll(page, mark, count) {
  await visit(page, `/k/task?q=${mark}`);
  const more = page.getByRole('button', { name: /load more$/ });
  while (await more.count()) {
    await more.click().catch(() => undefined); // scrolling may have asked for it already
    await settled(page);
  }
  await page.getByRole('checkbox', { name: 'Select all' }).check();
  equal(await page.locator('.picked-bar b').innerText(), `${count} selected`, 'the selection');
}

await test('E10 a change of many shows how far it is, can be stopped, and says what was refused; a reload finds it again', async () => {
  const page = await signedIn(browser, 'sara');
  const ids = await many(page, 'Quince', 450);
  await page.ask('POST', `/task/${ids[7]}/moves/finish`, { outcome: 'Done' });
  await selectAll(page, 'Quince', 450);
  await page.keyboard.press('b');
  const drawer = page.getByRole('dialog');
  await drawer.locator('#bulk-field').selectOption({ label: 'Due' });
  await drawer.locator('#bulk-due').fill('2027-05-05');
  await drawer.getByText('449 of 450 will change, 1 is refused').waitFor({ timeout: 60000 });
  await drawer.getByRole('button', { name: 'Change 449 records' }).click();
  await drawer.getByText('449 changed, 0 refused').waitFor({ timeout: 60000 });
  await picture(page, 'jobs-done');
  await clean(page, 'a change of many');
  await drawer.getByRole('button', { name: 'Close' }).last().click();
  await becomes(async () => (await page.ask('GET', '/jobs')).items.filter((one) => one.sort === 'bulk').length, 0, 'jobs after they were seen');
  equal((await page.ask('GET', '/task?q=Quince&due=2027-05-05&limit=1')).total, 449, 'records that were changed');
  // Begun elsewhere: the page finds it when it is opened, and again after a reload, with what was refused.
  const job = await page.ask('PATCH', '/task', { ids: [...ids, ...ids.slice(0, 50)], set: { title: 'Quince again' } });
  await becomes(async () => (await page.ask('GET', `/jobs/${job.id}`)).state, 'done', 'the job', 60000);
  await visit(page, '/');
  await page.reload();
  await settled(page);
  const place = page.locator('.work-button');
  await place.click();
  await page.locator('.jobs').getByText('A change of 500 records: Tasks').waitFor();
  await page.locator('.jobs').getByText('498 changed, 2 refused').waitFor();
  await page.locator('.jobs').getByRole('button', { name: 'See' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Row 8', { exact: true }).waitFor();
  await dialog.getByText('Row 458', { exact: true }).waitFor();
  await picture(page, 'jobs-refused');
  await clean(page, 'what was refused');
  await page.keyboard.press('Escape');
  // One that is half-way, held there: how far it is, and what stopping says.
  let stopped = false;
  const half = () => ({ ...job, state: stopped ? 'cancelled' : 'running', done: 200, total: 500, changed: 200, refused: 0, ended_at: stopped ? job.asked_at : null, items: [], next: null });
  await page.route(/\/api\/v1\/jobs(\/|$)/, async (route) => {
    stopped ||= route.request().method() === 'DELETE';
    const one = /jobs\/./.test(route.request().url());
    await route.fulfill({ json: one ? half() : { items: [half()] } });
  });
  // A page that is opened is told of them with the session.
  await page.route('**/api/v1/session?work=1', async (route) => {
    const reply = await route.fetch(), body = await reply.json();
    await route.fulfill({ response: reply, json: { ...body, work: { ...body.work, jobs: [half()] } } });
  });
  await page.reload();
  await settled(page);
  await place.click();
  await page.locator('.jobs progress').waitFor();
  await page.locator('.jobs').getByText('200 of 500').waitFor();
  await picture(page, 'jobs-light-1280');
  await clean(page, 'work under way');
  await page.locator('.jobs').getByRole('button', { name: 'Stop' }).click();
  await page.locator('.jobs').getByText('stopped by you before 300 others').waitFor();
  await page.unroute('**/api/v1/session?work=1');
  await page.unroute(/\/api\/v1\/jobs(\/|$)/);
  await page.locator('.jobs').getByRole('button', { name: 'Take off the list' }).click();
  await place.waitFor({ state: 'detached' });
  complain(page);
  await page.context().close();
});

await test('E10 the same in Chinese, in the dark, on a small screen', async () => {
  const page = await signedIn(browser, 'sara', { lang: 'zh', theme: 'dark', width: 390, height: 844 });
  const ids = (await page.ask('GET', '/task?q=Quince&limit=1000&fields=title')).items.map((one) => one.id);
  await page.ask('PATCH', '/task', { ids: [...ids, 'nothing'].slice(-300), set: { priority: 'normal' } });
  await visit(page, '/');
  await page.locator('.work-button').click();
  await page.locator('.jobs').getByText('1 条被拒绝', { exact: false }).or(page.locator('.jobs .note')).first().waitFor({ timeout: 60000 });
  await picture(page, 'jobs-zh-dark-390');
  truth(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'the page is as wide as the screen');
  await clean(page, 'work under way in the dark');
  await page.locator('.jobs').getByRole('button', { name: '查看' }).click();
  await page.getByRole('dialog').getByText('第 300 行', { exact: true }).waitFor();
  await picture(page, 'jobs-zh-dark-390-refused');
  truth(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'still');
  await page.keyboard.press('Escape');
  for (const one of (await page.ask('GET', '/jobs')).items.filter((j) => j.sort === 'bulk')) await page.ask('DELETE', `/jobs/${one.id}`);
  complain(page);
  await page.context().close();
});

await browser.close();
rmSync(folder, { recursive: true });
done();
