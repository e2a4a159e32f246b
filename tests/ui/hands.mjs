// SPDX-License-Identifier: Apache-2.0
// What hands do that tests forget: dates typed key by key, files chosen and waited for, texts pasted, many tabs.
// Each of these lost or misstated something once (U1, U2, …: what was found in the first release).
import { becomes, done, equal, fileAsked, open, settled, signedIn, test, truth, visit, base, password, emailOf } from './browser.mjs';

const browser = await open();
const close = (...pages) => Promise.all(pages.map((page) => page.context().close()));
const complain = (page) => equal(page.complaints, [], 'what the page complained about');
const toast = (page, text) => page.locator('.toast', { hasText: text }).last();
/** Opens the editor of a field of the record in view and says which input it has. */
async function edit(page, name) {
  await page.locator(`#field-${name} .pencil`).focus();
  await page.keyboard.press('Enter');
  await page.locator(`#field-${name} .tools`).waitFor();
  return page.locator(`[id="in-${name}"]`);
}
const record = (page, kind, id) => page.ask('GET', `/${kind}/${id}`);
/** A server that takes its time with files. */
const slowly = (page, ms) => page.route('**/api/v1/files', async (route) => { await new Promise((later) => setTimeout(later, ms)); await route.continue(); });

for (const [typed, wanted, keys] of [
  ['2026-12-28', '2026-12-28', []], ['20261228', '2026-12-28', []], ['2026/12/08', '2026-12-08', []], ['28.12.2026', '2026-12-28', []],
  ['2026年12月28日', '2026-12-28', []], ['28/12/2026', '2026-12-28', []], ['2026-1-5', '2026-01-05', ['Enter']], ['2026-12-2', '2026-12-02', ['Tab']],
]) await test(`hands U1 ${typed} typed key by key ${keys.join('') || 'whole'}`, async () => {
  const page = await signedIn(browser, 'sara');
  const task = await page.ask('POST', '/task', { title: `Typed ${typed}` });
  await visit(page, `/k/task/${task.key}`);
  await (await edit(page, 'due')).focus();
  // Slowly enough for whatever would save in between.
  await page.keyboard.type(typed, { delay: 60 });
  for (const key of keys) await page.keyboard.press(key);
  await becomes(async () => (await record(page, 'task', task.id)).due ?? '', wanted, 'the due date stored');
  equal((await record(page, 'task', task.id)).version, 2, 'saved once');
  complain(page);
  await close(page);
});
await test('hands U1 an unreadable date says so and stays', async () => {
  const page = await signedIn(browser, 'sara');
  const task = await page.ask('POST', '/task', { title: 'Unreadable date', due: '2027-01-15' });
  await visit(page, `/k/task/${task.key}`);
  for (const [typed, words] of [['next week', 'not read as a date'], ['03/04/2026', 'two different days'], ['2026-02-30', 'not read as a date']]) {
    const input = await edit(page, 'due');
    await input.fill('');
    await page.keyboard.type(typed, { delay: 30 });
    await page.keyboard.press('Tab');
    await page.locator('#field-due [role=alert]', { hasText: words }).waitFor();
    await page.locator('h1').click();
    equal(await input.inputValue(), typed, 'what was typed');
    await page.locator('#field-due .tools .btn.main').click();
    equal(await input.inputValue(), typed, 'what was typed, after Save');
    equal((await record(page, 'task', task.id)).due, '2027-01-15', 'what is stored');
    await input.focus();
    await page.keyboard.press('Escape');
    await page.locator('#field-due .tools').waitFor({ state: 'detached' });
  }
  complain(page);
  await close(page);
});
await test('hands U1 a date half typed in the middle is not stored', async () => {
  const page = await signedIn(browser, 'sara');
  const task = await page.ask('POST', '/task', { title: 'Corrected date', due: '2026-12-28' });
  await visit(page, `/k/task/${task.key}`);
  const input = await edit(page, 'due');
  await input.evaluate((box) => box.setSelectionRange(6, 7));
  await page.keyboard.type('1', { delay: 60 });
  await page.keyboard.press('End');
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Backspace');
  await page.waitForTimeout(400);
  equal((await record(page, 'task', task.id)).due, '2026-12-28', 'stored before it was whole');
  await page.keyboard.type('05', { delay: 60 });
  await becomes(async () => (await record(page, 'task', task.id)).due, '2026-11-05', 'the corrected date');
  await close(page);
});
await test('hands U1 dates in a list, a new record and a filter', async () => {
  const page = await signedIn(browser, 'sara');
  await visit(page, '/k/task/new?due=2027-01-01');
  await page.locator('#new-title').fill('Dates everywhere');
  await page.locator('#new-due').fill('');
  await page.locator('#new-due').focus();
  await page.keyboard.type('2026-12-28', { delay: 40 });
  await page.keyboard.press('Control+Enter');
  await page.waitForURL(/TSK-\d+/);
  const key = new URL(page.url()).pathname.split('/').pop();
  equal((await record(page, 'task', key)).due, '2026-12-28', 'the date of the new record');
  await visit(page, '/k/task/new?due=2027-01-01');
  await page.locator('#new-title').fill('No such date');
  await page.locator('#new-due').fill('soon');
  await page.keyboard.press('Control+Enter');
  await page.locator('.date-wrong').waitFor();
  truth(new URL(page.url()).pathname.endsWith('/new'), 'a record was made without the date');
  await visit(page, '/k/task?q=Dates');
  await page.locator('.btn.add').click();
  await page.locator('.fields .item', { hasText: 'Due' }).first().click();
  const from = page.locator('.edit .range input').first();
  await from.focus();
  const asked = [];
  page.on('request', (r) => { if (/due\.gte=/.test(r.url())) asked.push(/due\.gte=([^&]*)/.exec(r.url())[1]); });
  await page.keyboard.type('2026-12-28', { delay: 60 });
  await becomes(() => new URL(page.url()).searchParams.get('due.gte'), '2026-12-28', 'the filter');
  equal([...new Set(asked)], ['2026-12-28'], 'the dates that were asked for');
  await close(page);
});
await test('hands U1 a number is never another one', async () => {
  const page = await signedIn(browser, 'lin');
  const model = await page.ask('GET', '/model');
  const found = model.kinds.flatMap((kind) => kind.fields.filter((f) => (f.type === 'number' || f.type === 'integer') && !f.of && !f.computed && !f.envelope && !f.only).map((field) => ({ kind: kind.kind, field })))
    .find((one) => !['version'].includes(one.field.name));
  truth(found, 'no kind has a plain number');
  await visit(page, `/k/${found.kind}/new?${found.field.name}=1`);
  const box = page.locator(`#new-${found.field.name}`);
  for (const [typed, kept] of [['1,000', '"1,000"'], ['0x10', '"0x10"'], ['1e999', '"1e999"'], ['9007199254740993', '"9007199254740993"'], ['12', '12']]) {
    await box.fill('');
    await box.pressSequentially(typed, { delay: 20 });
    equal(await page.evaluate(([k, f]) => JSON.stringify(JSON.parse(sessionStorage.getItem(k) ?? '{}')[f]), [`aimwell.draft.${found.kind}?${found.field.name}=1`, found.field.name]), kept, `${typed} is taken for`);
    equal(await box.inputValue(), typed, 'what the field shows');
  }
  await close(page);
});
await test('hands U1 Enter takes what was typed, not what was asked before', async () => {
  const page = await signedIn(browser, 'lin');
  const task = await page.ask('POST', '/task', { title: 'Picked too soon' });
  await visit(page, `/k/task/${task.key}`);
  const input = await edit(page, 'owner');
  await input.click();
  await page.locator('[role=listbox]:popover-open [role=option]').nth(1).waitFor();
  await page.route('**/api/v1/people*', async (route) => { await new Promise((later) => setTimeout(later, 500)); await route.continue(); });
  await input.fill('');
  await page.keyboard.type('sara');
  await page.keyboard.press('Enter');
  await becomes(async () => { const r = await record(page, 'task', task.id); return r.names[r.owner]?.title ?? ''; }, /Sara/, 'the owner');
  await close(page);
});

const fileField = (model) => model.kinds.flatMap((kind) => kind.fields.filter((f) => f.type === 'file' && !f.computed).map((field) => ({ kind, field })))[0];
const note = (name, text = 'evidence') => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
await test('hands U2 a file chosen in a field is kept', async () => {
  const page = await signedIn(browser, 'lin');
  const { kind, field } = fileField(await page.ask('GET', '/model'));
  const made = await page.ask('POST', `/${kind.kind}`, { title: 'A file comes' });
  await visit(page, `/k/${kind.kind}/${made.key}`);
  await slowly(page, 700);
  const input = await edit(page, field.name);
  await (await fileAsked(page, () => input.click())).setFiles(note('kept.txt'));
  // Whoever chose a file goes on with something else.
  await page.locator('h1').click();
  await becomes(async () => { const r = await record(page, kind.kind, made.id); return r.names[r[field.name]]?.title ?? ''; }, 'kept.txt', 'the file of the record');
  await page.locator(`#field-${field.name}`, { hasText: 'kept.txt' }).waitFor();
  complain(page);
  await close(page);
});
await test('hands U2 a file that does not arrive says so', async () => {
  const page = await signedIn(browser, 'lin');
  const { kind, field } = fileField(await page.ask('GET', '/model'));
  const made = await page.ask('POST', `/${kind.kind}`, { title: 'A file fails' });
  await visit(page, `/k/${kind.kind}/${made.key}`);
  await page.route('**/api/v1/files', (route) => route.fulfill({ status: 507, contentType: 'application/problem+json', body: JSON.stringify({ code: 'full', title: 'No room', detail: 'there is no room for it' }) }));
  const input = await edit(page, field.name);
  await input.setInputFiles(note('lost.txt'));
  await page.locator(`#field-${field.name} [role=alert]`, { hasText: 'lost.txt was not kept: there is no room for it' }).waitFor();
  await page.unroute('**/api/v1/files');
  await input.setInputFiles(note('lost.txt'));
  await becomes(async () => (await record(page, kind.kind, made.id)).names?.[(await record(page, kind.kind, made.id))[field.name]]?.title ?? '', 'lost.txt', 'the same file, chosen again');
  await close(page);
});
await test('hands U2 a new record waits for its file', async () => {
  const page = await signedIn(browser, 'lin');
  const { kind, field } = fileField(await page.ask('GET', '/model'));
  await visit(page, `/k/${kind.kind}/new`);
  await page.locator('#new-title').fill('With a file from the start');
  if (!await page.locator(`#new-${field.name}`).count()) await page.locator('.more').click();
  await slowly(page, 700);
  await page.locator(`#new-${field.name}`).setInputFiles(note('early.txt'));
  await page.locator('.foot .btn.main').click();
  truth(new URL(page.url()).pathname.endsWith('/new'), 'the record was made without its file');
  await page.locator('.line .tag', { hasText: 'early.txt' }).waitFor();
  await page.locator('[data-unread]').waitFor({ state: 'detached' });
  await page.locator('.foot .btn.main').click();
  await page.waitForURL(/-\d+$/);
  const key = new URL(page.url()).pathname.split('/').pop();
  const r = await record(page, kind.kind, key);
  equal(r.names[r[field.name]]?.title, 'early.txt', 'the file of the new record');
  await close(page);
});
await test('hands U2 files dropped while others are on their way', async () => {
  const page = await signedIn(browser, 'lin');
  const made = await page.ask('POST', '/task', { title: 'Many files' });
  await visit(page, `/k/task/${made.key}?tab=proof`);
  await slowly(page, 400);
  const choose = page.locator('.drop input[type=file]');
  await choose.setInputFiles([note('one.txt', '1'), note('two.txt', '2')]);
  // Meanwhile somebody changes the record, and more is chosen.
  await page.ask('PATCH', `/task/${made.id}`, { due: '2027-02-03' }, { 'if-match': '"1"' });
  await choose.setInputFiles([note('three.txt', '3')]);
  await becomes(async () => ((await record(page, 'task', made.id)).evidence ?? []).length, 3, 'pieces of evidence');
  await close(page);
});

const words = (n) => Array.from({ length: n }, (_, at) => `word${String(at).padStart(2, '0')}`).join(' ');
/** Pastes as a keyboard does: the browser itself puts the text in. */
const paste = async (page, text) => { const cdp = await page.context().newCDPSession(page); await cdp.send('Input.insertText', { text }); };
await test('hands P6 a title too long is refused with its text kept', async () => {
  const page = await signedIn(browser, 'lin');
  const made = await page.ask('POST', '/task', { title: 'Paste' });
  await visit(page, `/k/task/${made.key}`);
  await page.locator('h1 .btn').click();
  const box = page.locator('.title-input');
  await box.selectText();
  const long = words(60);
  await paste(page, long);
  equal((await box.inputValue()).length, long.length, 'characters in the box');
  await page.locator('[role=alert]', { hasText: `119 characters too many: 419 of 300` }).waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.facts').click();
  equal(await box.inputValue(), long, 'the text after Enter and leaving');
  equal((await record(page, 'task', made.id)).title, 'Paste', 'what is stored');
  await box.fill(words(30));
  await page.keyboard.press('Enter');
  await becomes(async () => (await record(page, 'task', made.id)).title, words(30), 'the shortened title');
  await visit(page, '/k/task/new');
  await page.locator('#new-title').focus();
  await paste(page, long);
  equal((await page.locator('#new-title').inputValue()).length, long.length, 'characters in the title of a new record');
  await page.keyboard.press('Enter');
  await page.locator('[role=alert]', { hasText: '419 of 300' }).waitFor();
  truth(new URL(page.url()).pathname.endsWith('/new'), 'a record was made of a text too long');
  await close(page);
});
await test('hands P14 an address in a field, a note and a comment is a link, and only an address', async () => {
  const page = await signedIn(browser, 'lin');
  const address = 'https://intranet.example/e?id=1';
  const made = await page.ask('POST', '/evidence', { title: 'Kept elsewhere', location: address });
  await page.ask('POST', `/evidence/${made.id}/comments`, { body: `See ${address}. Not javascript:alert(1) <img src=x>` });
  await visit(page, `/k/evidence/${made.key}`);
  const link = page.locator(`#field-location a[href="${address}"]`);
  await link.waitFor();
  equal([await link.getAttribute('rel'), await link.getAttribute('target')], ['noopener noreferrer', '_blank'], 'how it opens');
  equal(await page.locator('#field-location .tools').count(), 0, 'editors that the link opened');
  equal(await page.locator('a[href^="javascript:"], main img[src="x"]').count(), 0, 'what a text smuggled in');
  complain(page);
  await close(page);
});
await test('hands P12 who has left is marked where they are named, and not offered', async () => {
  const page = await signedIn(browser, 'pat');
  const lin = await signedIn(browser, 'lin');
  const [ben] = (await page.ask('GET', '/people?q=ben')).items;
  const made = await lin.ask('POST', '/task', { title: 'Held by somebody who left', owner: ben.id });
  await page.ask('PATCH', `/people/${ben.id}`, { disabled: true });
  try {
    await visit(lin, `/k/task/${made.key}`);
    await lin.locator('#field-owner', { hasText: 'has left' }).waitFor();
    equal((await lin.api('POST', '/task', { title: 'New', owner: ben.id })).status, 422, 'the answer to a new task for them');
    equal((await lin.ask('GET', '/people?q=ben')).items.filter((one) => !one.disabled).length, 0, 'people of the name who are here');
  } finally {
    const enabled = await page.api('PATCH', `/people/${ben.id}`, { disabled: false });
    truth([200, 401, 403].includes(enabled.status), `enabling said ${enabled.status}`);
  }
  complain(lin);
  await close(page, lin);
});
await test('hands P6 no input cuts', async () => {
  const page = await signedIn(browser, 'lin');
  for (const path of ['/k/task', '/k/task/new', '/people', '/settings', '/soa']) {
    await visit(page, path);
    if (path === '/k/task') await page.getByRole('button', { name: 'Views' }).click();
    equal(await page.locator('[maxlength]').count(), 0, `inputs that cut on ${path}`);
  }
  await close(page);
  const pat = await signedIn(browser, 'pat');
  for (const kind of ['field', 'register']) {
    await visit(pat, '/fields');
    if (kind === 'register') await pat.locator('input[type=radio]').nth(1).check();
    truth(await pat.locator('main input.control').count() > 1, `no inputs for a ${kind}`);
    equal(await pat.locator('[maxlength]').count(), 0, `inputs that cut on /fields, a ${kind}`);
  }
  await close(pat);
});

const title = (n) => `Heard by all ${n}`;
async function eight(name, init) {
  await test(name, async () => {
    const first = await signedIn(browser, 'lin');
    const context = first.context();
    if (init) await context.addInitScript(init);
    const tabs = [first];
    try {
      for (let at = 1; at < 8; at++) { const page = await context.newPage(); page.setDefaultTimeout(10000); tabs.push(page); }
      for (const [at, page] of tabs.entries()) {
        await page.goto(`${base}/k/task?sort=-created_at&q=Heard`, { timeout: 10000 }).catch((e) => { throw new Error(`tab ${at + 1} never loads: ${e.message}`); });
        await page.locator('main h1').waitFor();
        await page.waitForFunction(() => !document.querySelector('main [aria-busy="true"]'));
      }
      const n = `${name.length}${Math.random().toString(36).slice(2, 7)}`;
      await first.ask('POST', '/task', { title: title(n) });
      if (/asking/.test(name)) for (const page of tabs) await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
      for (const [at, page] of tabs.entries())
        await page.locator('tbody', { hasText: title(n) }).waitFor({ timeout: 8000 }).catch(() => { throw new Error(`tab ${at + 1} did not hear of the change`); });
      // The tab that was first goes; the others go on hearing.
      await tabs.shift().close();
      const api = tabs[0];
      const csrf = (await (await context.request.get(`${base}/api/v1/session`)).json()).csrf;
      const again = await context.request.post(`${base}/api/v1/task`, { data: { title: title(`${n}b`) }, headers: { 'x-csrf-token': csrf } });
      equal(again.status(), 201, 'the second record');
      if (/asking/.test(name)) for (const page of tabs) await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
      for (const [at, page] of tabs.entries())
        await page.locator('tbody', { hasText: title(`${n}b`) }).waitFor({ timeout: 8000 }).catch(() => { throw new Error(`tab ${at + 2} did not hear after the first had gone`); });
      truth(api, 'tabs');
    } finally {
      await context.close();
    }
  });
}
await eight('hands P11 eight tabs through a shared worker');
await eight('hands P11 eight tabs behind one that leads', () => { delete window.SharedWorker; });
await eight('hands P11 eight tabs by asking now and then', () => { delete window.SharedWorker; Object.defineProperty(navigator, 'locks', { value: undefined }); });
await test('hands P11 signing out in one tab is signing out in all', async () => {
  const page = await signedIn(browser, null);
  const context = page.context();
  await page.goto(`${base}/login`);
  await page.getByLabel('E-mail').fill(emailOf('sara'));
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
  await page.locator('.today').waitFor();
  const other = await context.newPage();
  await other.goto(`${base}/k/task`);
  await other.locator('tbody .title').first().waitFor();
  await page.locator('header.bar .avatar').click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await other.waitForURL(/\/login/, { timeout: 8000 });
  equal(await other.locator('tbody .title').count(), 0, 'records still shown');
  // And in again in one: the other follows.
  await page.getByLabel('E-mail').fill(emailOf('tom'));
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
  await page.locator('.today, .list').first().waitFor();
  await other.locator('header.bar .avatar').waitFor({ timeout: 8000 });
  await context.close();
});

await test('hands U8 a check counts records, each once, and leads to what mends them', async () => {
  const page = await signedIn(browser, 'lin');
  for (const { check, breaks } of (await page.ask('GET', '/checks')).items.filter((one) => one.state === 'fail')) {
    const { records } = await page.ask('GET', `/checks/${check}`);
    // A concern counts, and is named to those alone who look into it.
    const named = new Set(records.map((r) => r.id)).size;
    if (check === 'chk-34') truth(named <= breaks, `records named that break ${check}: ${named} of ${breaks}`);
    else equal(breaks, named, `records that break ${check}`);
  }
  await visit(page, '/checks/chk-09');
  const text = await page.locator('.check').innerText();
  const { population, breaks } = (await page.ask('GET', '/checks')).items.find((one) => one.check === 'chk-09');
  truth(text.includes(`${population} looked at · ${breaks} record${breaks === 1 ? '' : 's'} to mend`), `the counts (${population}, ${breaks}): ${text.slice(0, 600)}`);
  for (const width of [1440, 1024, 390]) {
    await page.setViewportSize({ width, height: 900 });
    const narrow = await page.locator('.check td.reason').evaluateAll((cells) => Math.min(...cells.map((c) => c.getBoundingClientRect().width)));
    truth(narrow > 230, `the reasons have ${narrow} pixels at ${width}`);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  const reason = await page.locator('td.reason').first().innerText();
  await page.locator('.check td.do a').first().click();
  await page.locator('.named', { hasText: reason.trim() }).waitFor();
  await page.locator('#next-step').waitFor();
  complain(page);
  await close(page);
});
await test('hands U8 every address of a page opens again', async () => {
  const page = await signedIn(browser, 'lin');
  for (const path of ['/checks/chk-doc-9.2.2', '/k/soa_entry/SOA-0001', '/k/task/', '/readiness#row-A.5.2', '/checks/chk-doc-4.2']) {
    await page.goto(`${base}/`);
    await settled(page);
    await page.evaluate((to) => { const a = document.createElement('a'); a.href = to; document.body.append(a); a.click(); a.remove(); }, path);
    await page.locator('main h1').first().waitFor();
    await page.reload();
    await page.locator('main h1, main [role=alert]').first().waitFor({ timeout: 5000 }).catch(() => { throw new Error(`${path} is no page after a reload`); });
  }
  await close(page);
});

const soaRow = (page, id) => page.locator(`[data-row="${id}"]`);
await test('hands U12 a reason stays with its decision', async () => {
  const page = await signedIn(browser, 'lin');
  await visit(page, '/soa');
  const { rows } = await page.ask('GET', '/soa?framework=iso-42001');
  const inside = rows.find((row) => row.entry?.state === 'applicable' && row.entry.justification && !(row.risks ?? []).length);
  truth(inside, 'no row to try with');
  const row = soaRow(page, inside.row);
  const out = row.getByRole('button', { name: 'Out', exact: true });
  await out.click();
  const line = page.locator(`[id="line-${inside.row}"]`);
  equal(await line.inputValue(), '', 'the reason offered for leaving it out');
  await line.fill('We do nothing of the kind');
  await row.getByRole('button', { name: 'Cancel' }).click();
  await line.waitFor({ state: 'detached' });
  equal((await record(page, 'soa_entry', inside.entry.id)).state, 'applicable', 'the state after cancelling');
  await out.click();
  equal(await line.inputValue(), '', 'what was cancelled');
  await line.fill('We do nothing of the kind');
  await line.press('Enter');
  await becomes(async () => (await record(page, 'soa_entry', inside.entry.id)).state, 'excluded', 'the state');
  await toast(page, `${inside.row}: out`).getByRole('button', { name: 'Undo' }).click();
  await becomes(async () => { const r = await record(page, 'soa_entry', inside.entry.id); return [r.state, r.justification]; }, ['applicable', inside.entry.justification], 'after undo');
  // And the other way round.
  await row.locator('button[aria-pressed="true"]', { hasText: 'In' }).waitFor();
  await out.click();
  await line.fill('Left out for the test');
  await line.press('Enter');
  await becomes(async () => (await record(page, 'soa_entry', inside.entry.id)).state, 'excluded', 'the state');
  await row.getByRole('button', { name: 'In', exact: true }).click();
  equal(await line.inputValue(), '', 'the reason offered for taking it in');
  await page.keyboard.press('Escape');
  // The same on the page of the record.
  await visit(page, `/k/soa_entry/${inside.entry.key}`);
  await page.locator('#next-step').getByRole('button', { name: 'It applies' }).click();
  equal(await page.locator('#ask-justification').inputValue(), '', 'the reason offered in the dialog');
  await close(page);
});
await test('hands U9 the preview of many changes is a rehearsal', async () => {
  const page = await signedIn(browser, 'lin');
  await visit(page, '/k/risk');
  const risks = (await page.ask('GET', '/risk?limit=10')).items.slice(0, 10);
  await page.locator('thead .tick input').click();
  await page.keyboard.press('b');
  const dialog = page.getByRole('dialog');
  await dialog.locator('#bulk-field').selectOption('due');
  const before = new Map(await Promise.all((await page.ask('GET', '/risk?limit=200')).items.map(async (r) => [r.id, (await record(page, 'risk', r.id)).version])));
  await dialog.locator('#bulk-due').fill('2027-05-05');
  await page.keyboard.press('Tab');
  const said = await becomes(() => dialog.locator('h3').first().innerText(), /will change/, 'the preview', 15000);
  const [, n, , refused] = /(\d+) of (\d+) will change(?:, (\d+))?/.exec(said);
  truth(Number(refused) > 0, `nothing is refused: ${said}`);
  equal(await dialog.locator('.refused li').count(), Number(refused), 'refusals that are named');
  for (const risk of risks) equal((await record(page, 'risk', risk.id)).version, before.get(risk.id), 'versions after the rehearsal');
  await dialog.locator('.dialog-foot .btn.main').click();
  await dialog.getByText(`${n} changed, 0 refused`).waitFor();
  await close(page);
});
await test('hands U12 the map moves to what remains', async () => {
  const page = await signedIn(browser, 'lin');
  await visit(page, '/map');
  const cells = () => page.locator('.map .cell').evaluateAll((all) => all.map((c) => c.querySelector('.n')?.textContent ?? '').join());
  await page.getByRole('button', { name: 'Inherent risk', exact: true }).click();
  await becomes(() => page.locator('.map .cell .n').count().then((n) => n > 0), true, 'risks on the map');
  const inherent = await cells();
  await page.getByRole('button', { name: 'Residual risk', exact: true }).click();
  await page.waitForTimeout(300);
  truth(await cells() !== inherent, 'the residual map stands where the inherent one does');
  // Each stands where its own score says.
  const { items } = await page.ask('GET', '/risk?limit=1000&fields=title,residual,residual_likelihood,residual_consequence');
  for (const r of items.filter((one) => one.residual)) equal(r.residual_likelihood * r.residual_consequence, r.residual, `the residual score of ${r.key}`);
  await close(page);
});

await test('hands daily: focus, help and language', async () => {
  const page = await signedIn(browser, 'sara');
  await visit(page, '/k/task/new');
  await page.locator('#new-title').fill('Focus stays');
  await page.keyboard.press('Enter');
  await page.waitForURL(/TSK-\d+/);
  await settled(page);
  await becomes(() => page.evaluate(() => document.activeElement?.tagName), 'H1', 'what has the focus after a record was made');
  await visit(page, '/');
  await page.setViewportSize({ width: 1280, height: 500 });
  await page.keyboard.press('?');
  const body = page.locator('.dialog .body');
  await body.waitFor();
  await page.waitForTimeout(300);
  equal(await body.evaluate((b) => b.scrollTop), 0, 'how far the help has scrolled');
  await page.ask('PATCH', '/session', { lang: 'zh' });
  const other = await browser.newContext({ locale: 'en-GB' });
  const tab = await other.newPage();
  await tab.goto(`${base}/login`);
  await tab.locator('#email').fill(emailOf('sara'));
  await tab.locator('#password').fill(password);
  await tab.keyboard.press('Enter');
  await tab.locator('.today').waitFor();
  await becomes(() => tab.evaluate(() => document.documentElement.lang), 'zh-CN', 'the language of the account');
  await page.ask('PATCH', '/session', { lang: 'en' });
  await close(page);
  await other.close();
});

await test('hands P12: what somebody holds is one click from the list that hands it over', async () => {
  const lin = await signedIn(browser, 'lin');
  const people = (await lin.ask('GET', '/people')).items;
  const holds = await Promise.all(people.map(async (one) => ({ one, held: (await lin.ask('GET', `/people/${one.id}/holds`)).items })));
  const { one, held } = holds.find((h) => h.held.some((line) => line.kind === 'risk' && line.field === 'owner'));
  const risks = held.find((line) => line.kind === 'risk' && line.field === 'owner');
  await visit(lin, '/people');
  await lin.getByRole('button', { name: `More for ${one.name}`, exact: true }).click();
  await lin.getByRole('menuitem', { name: 'What they hold' }).click();
  const dialog = lin.getByRole('dialog', { name: `What ${one.name} holds` });
  await dialog.getByRole('link', { name: /^Risks/ }).first().waitFor();
  equal(await dialog.getByRole('link').count(), held.length, 'registers');
  truth((await dialog.getByRole('link', { name: /^Risks/ }).first().innerText()).includes(String(risks.count)), 'the number of risks');
  await dialog.getByRole('link', { name: /^Risks/ }).first().click();
  await lin.waitForURL(/\/k\/risk\?/);
  await dialog.waitFor({ state: 'detached' });
  const listed = await lin.ask('GET', `/risk?owner=${one.id}&state=${risks.state}`);
  equal(listed.total, risks.count, 'what was told and what is listed');
  await lin.getByText(listed.items[0].title).first().waitFor();
  await lin.context().close();
});

await test('hands offers: a button begins a record with what is known, and the record keeps it', async () => {
  const page = await signedIn(browser, 'ravi');
  const supplier = (await page.ask('GET', '/supplier?limit=50')).items.find((one) => one.state !== 'ended' && one.state !== 'archived');
  const { offers } = await page.ask('GET', `/supplier/${supplier.key}/moves`);
  truth(offers.length, `nothing is offered at ${supplier.key}, ${supplier.state}`);
  const had = (await page.ask('GET', `/supplier/${supplier.key}`)).evidence ?? [];
  await visit(page, `/k/supplier/${supplier.key}`);
  await page.locator('.page-head, header').locator('button.add-to').first().click();
  await page.getByRole('menuitem', { name: 'Keep a certificate or report of it' }).click();
  await page.waitForURL(/\/k\/evidence\/new/);
  await page.waitForFunction((title) => document.getElementById('new-title')?.value === title, supplier.title);
  await page.reload();
  await page.waitForFunction((title) => document.getElementById('new-title')?.value === title, supplier.title);
  await page.locator('#new-title').fill(`Certificate of ${supplier.key}`);
  await page.getByRole('button', { name: /^Create/ }).first().click();
  await page.waitForURL(/\/k\/evidence\/EVD-/);
  const made = (await page.ask('GET', `/evidence/${page.url().match(/EVD-\d+/)[0]}`));
  equal([made.title, made.kind_of, made.source], [`Certificate of ${supplier.key}`, 'certificate', supplier.title], 'what it began with');
  equal((await page.ask('GET', `/supplier/${supplier.key}`)).evidence, [...had, made.id], 'what the supplier keeps');
  // Who is faster than the answer loses nothing of what it brings.
  await page.route('**/api/v1/supplier/*/moves', async (route) => { await new Promise((later) => setTimeout(later, 1500)); await route.continue(); });
  await page.goto(`${base}/k/evidence/new?_of=supplier/${supplier.key}&_offer=${offers.find((one) => one.kind === 'evidence').n}`);
  await page.locator('#new-title').fill('Made in a hurry');
  await page.keyboard.press('Control+Enter');
  await page.waitForURL(/\/k\/evidence\/EVD-/);
  const hurried = await page.ask('GET', `/evidence/${page.url().match(/EVD-\d+/)[0]}`);
  equal([hurried.title, hurried.source], ['Made in a hurry', supplier.title], 'what it began with, in a hurry');
  await becomes(async () => (await page.ask('GET', `/supplier/${supplier.key}`)).evidence, [...had, made.id, hurried.id], 'what the supplier keeps');
  complain(page);
  await page.context().close();
});

await test('hands people: a role is not taken by one click, nor offered where it may not be', async () => {
  const [lin, pat] = await Promise.all([signedIn(browser, 'lin'), signedIn(browser, 'pat')]);
  const people = async () => (await lin.ask('GET', '/people')).items;
  const holder = (await people()).find((one) => one.roles.some((r) => r.role === 'risk_owner' && !r.pending) && !/Lin|Pat/.test(one.name));
  truth(holder, 'nobody to take a role from');
  const sure = async (page) => { await page.locator('#confirm-password').waitFor({ timeout: 1500 }).then(async () => { await page.locator('#confirm-password').fill(password); await page.keyboard.press('Enter'); }, () => undefined); };
  const cross = (page, role, name) => page.getByRole('button', { name: `Take the role ${role} from ${name}`, exact: true }).first();
  await visit(lin, '/people');
  await cross(lin, 'Risk owner', holder.name).waitFor();
  equal(await lin.getByRole('button', { name: /^Take the role Technical administrator/ }).count(), 0, 'crosses at the administrators\' role');
  const asked = [];
  lin.on('request', (r) => { if (r.method() === 'DELETE') asked.push(r.url()); });
  await cross(lin, 'Risk owner', holder.name).click();
  const dialog = lin.getByRole('dialog');
  await dialog.getByText(`Take the role Risk owner from ${holder.name}?`).waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await dialog.waitFor({ state: 'detached' });
  equal(asked, [], 'what was taken without an answer');
  // One's own role says that it is one's own.
  const own = (await people()).find((one) => /Lin/.test(one.name));
  await cross(lin, 'AIMS manager', own.name).click();
  await dialog.getByText('This is your own role').waitFor();
  await lin.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  // A refusal is said where it was asked, in the server's words.
  await lin.route('**/api/v1/people/*/roles', (route) => route.fulfill({ status: 409, contentType: 'application/problem+json', body: JSON.stringify({ code: 'last', title: 'No', detail: 'nobody else would be left' }) }));
  await cross(lin, 'AIMS manager', own.name).click();
  await dialog.getByRole('button', { name: 'Take the role' }).click();
  await dialog.getByRole('alert').getByText('nobody else would be left').waitFor();
  await lin.unroute('**/api/v1/people/*/roles');
  await lin.keyboard.press('Escape');
  await cross(lin, 'Risk owner', holder.name).click();
  await dialog.getByRole('button', { name: 'Take the role' }).click();
  await sure(lin);
  await toast(lin, `${holder.name} no longer is Risk owner`).waitFor();
  await visit(pat, '/people');
  await pat.getByRole('button', { name: /^Take the role Technical administrator/ }).first().waitFor(); // an administrator may
  complain(lin);
  await close(lin, pat);
});

await test('hands today: what is to be filled in says so, only a ready step is offered as one', async () => {
  const page = await signedIn(browser, 'sara');
  await visit(page, '/');
  for (let more = page.locator('.fold .link'); await more.count();) await more.first().click();
  const { items } = await page.ask('GET', '/tasks?limit=500');
  const gaps = items.filter((one) => one.move && one.ready === false && one.turn?.lacks.length);
  truth(gaps.length, 'nothing to fill in');
  truth(items.some((one) => one.move && one.ready !== false), 'no step that is ready');
  const row = (one) => page.locator('#work .task', { has: page.getByText(one.key, { exact: true }) }).first();
  for (const one of gaps) {
    equal(await row(one).locator('.act').innerText(), 'Fill in what is missing', `what ${one.key} asks for`);
    truth(/^Still missing: ./.test(await row(one).locator('.lacks').innerText()), `${one.key} does not say what is missing`);
  }
  for (const one of items.filter((each) => each.move && each.ready !== false)) equal(await row(one).locator('.act button').innerText(), one.move_title.en, `the step of ${one.key}`);
  complain(page);
  await close(page);
});

await test('hands today: the panels stand inside the page', async () => {
  const page = await signedIn(browser, 'sara');
  const { items } = await page.ask('GET', '/tasks?limit=500');
  // The panels stand inside the page however long a title is.
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    for (const one of items.slice(0, 3)) await visit(page, `/k/${one.kind}/${one.key}`);
    await visit(page, '/');
    await page.locator('.recent').first().waitFor();
    const over = await page.locator('.mine .panel, .side .panel').evaluateAll((all) => Math.max(...all.map((one) => one.getBoundingClientRect().right)) - innerWidth);
    truth(over <= 0, `a panel ends ${over} pixels beyond the page at ${width}`);
  }
  complain(page);
  await close(page);
});

await test('hands language: what the server says follows the language of the page', async () => {
  const page = await signedIn(browser, 'sara');
  const gap = (await page.ask('GET', '/tasks?limit=500')).items.find((one) => one.move && one.ready === false && one.turn?.lacks.length);
  await visit(page, `/k/${gap.kind}/${gap.key}`);
  await page.locator('#missing').waitFor({ state: 'attached' });
  const reasons = () => page.locator('#missing').evaluate((box) => [...box.querySelectorAll('li')].map((li) => li.textContent).join(' '));
  const han = /\p{Script=Han}/u;
  await becomes(reasons, /[a-z]{4}/, 'the reasons in English');
  truth(!han.test(await reasons()), 'Chinese among the reasons in English');
  await page.locator('header.bar .lang button[lang=zh]').click();
  await becomes(reasons, han, 'the reasons in Chinese');
  await page.locator('header.bar .lang button[lang=en]').click();
  await becomes(async () => han.test(await reasons()), false, 'reasons that stayed in Chinese');
  complain(page);
  await close(page);
});

await test('hands people: the page tells what others did when one comes back to it', async () => {
  const [lin, pat] = await Promise.all([signedIn(browser, 'lin'), signedIn(browser, 'pat')]);
  await visit(lin, '/people');
  const sure = await pat.api('POST', '/session/fresh', { password });
  truth(sure.status < 300, `the password is not taken: ${sure.status}`);
  const add = async (name) => { await pat.ask('POST', '/people', { name, email: `${name.toLowerCase()}@northlake.example`, roles: [] }); };
  await add('Clicked');
  await lin.locator('nav a[href="/people"]').click();
  await lin.locator('tbody tr', { hasText: 'Clicked' }).waitFor();
  await add('Focused');
  await lin.evaluate(() => window.dispatchEvent(new Event('focus')));
  await lin.locator('tbody tr', { hasText: 'Focused' }).waitFor();
  complain(lin);
  await close(lin, pat);
});
await test('hands people: a right that was lost is seen after the first refusal', async () => {
  const page = await signedIn(browser, 'lin');
  await visit(page, '/people');
  const crosses = page.getByRole('button', { name: /^Take the role / });
  await crosses.first().waitFor();
  await page.route('**/api/v1/session', async (route) => { const reply = await route.fetch(); await route.fulfill({ response: reply, json: { ...(await reply.json()), roles: [] } }); });
  await page.route('**/api/v1/people/*/roles', (route) => route.fulfill({ status: 403, contentType: 'application/problem+json', body: JSON.stringify({ code: 'denied', title: 'No', detail: 'you may not do this' }) }));
  await crosses.first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'Take the role' }).click();
  await page.getByText('you may not do this').first().waitFor();
  await page.keyboard.press('Escape');
  await becomes(() => crosses.count(), 0, 'crosses after the refusal');
  complain(page);
  await close(page);
});

await test('hands method the risk map shows the bands in force, and where they are from', async () => {
  const page = await signedIn(browser, 'lin');
  const now = await page.ask('GET', '/method');
  await visit(page, '/map');
  const tones = { low: 'ok', medium: 'warn', high: 'high', very_high: 'bad' };
  const ground = async (x, y) => ((await page.locator(`#cell-${x}-${y}`).getAttribute('class')) ?? '').match(/ground-(\w+)/)?.[1] ?? '';
  for (const [x, y] of [[1, 1], [5, 1], [3, 4], [5, 5]]) await becomes(() => ground(x, y), tones[now.risk.cells[y - 1][x - 1].band], `the ground of ${x}-${y}`);
  truth(await page.getByText(now.risk.method.title.en).first().isVisible(), 'the method has a name');
  // Other criteria come into force: everything from 2 on is very high.
  await page.route('**/api/v1/method', async (route) => {
    const reply = await route.fetch();
    const body = await reply.json();
    for (const row of body.risk.cells) for (const cell of row) cell.band = cell.score >= 2 ? 'very_high' : 'low';
    await route.fulfill({ response: reply, json: body });
  });
  await page.reload();
  await becomes(() => ground(2, 1), 'bad', 'the ground of 2-1');
  equal(await ground(1, 1), 'ok', 'the ground of 1-1');
  complain(page);
  await close(page);
});
await test('hands method readiness says its method, and is looked back to', async () => {
  const page = await signedIn(browser, 'lin');
  const now = await page.ask('GET', '/readiness?framework=iso-42001');
  await visit(page, '/readiness');
  await page.getByText(now.method.hash).first().waitFor();
  await becomes(async () => (await page.api('GET', '/readiness?framework=iso-42001&as_of=2099-01-01')).status, 200, 'a run is kept');
  const { day } = await page.ask('GET', '/readiness?framework=iso-42001&as_of=2099-01-01');
  await page.getByLabel('As it was on').fill(day);
  await page.getByRole('heading', { name: /^As it was found/ }).waitFor();
  truth(page.url().includes(`as_of=${day}`), 'the day is in the address');
  await page.getByRole('button', { name: 'Only as it is now' }).click();
  await becomes(() => page.getByRole('heading', { name: /^As it was found/ }).count(), 0, 'the past');
  await visit(page, '/readiness?as_of=2001-01-01');
  await page.getByText('No readiness was kept up to that day').waitFor();
  complain(page);
  await close(page);
});

await test('hands G11 what was decided has a lock, not a pencil, and says which move changes it', async () => {
  const lin = await signedIn(browser, 'lin');
  await visit(lin, '/k/ai_system/SYS-0001');
  const purpose = lin.locator('#field-purpose');
  await purpose.locator('dd').hover();
  truth((await purpose.locator('.stands').getAttribute('aria-label')).includes('Change what was approved'), 'the move that changes it');
  equal(await purpose.locator('.pencil').count(), 0, 'a pencil for what is refused');
  complain(lin);
  await close(lin);
});
await test('hands G11 in a table what was asked for stands while it is answered', async () => {
  const zhao = await signedIn(browser, 'zhao');
  await visit(zhao, '/k/ai_system/SYS-0003');
  await zhao.locator('#field-tests .pencil').focus();
  await zhao.keyboard.press('Enter');
  const first = zhao.locator('#field-tests tbody tr').first();
  equal(await first.locator('td').nth(0).locator('input, textarea').count(), 0, 'an input for the criterion');
  equal(await zhao.locator('#field-tests').getByRole('button', { name: /^(Add|Remove)/ }).count(), 0, 'rows that come or go');
  await first.locator('td').nth(2).locator('input').fill('Reached, and looked at twice');
  await zhao.locator('#field-tests').getByRole('button', { name: 'Save' }).click();
  await zhao.locator('#field-tests .tools').waitFor({ state: 'detached' });
  const system = await zhao.ask('GET', '/ai_system/SYS-0003');
  equal([system.tests[0].criterion.startsWith('Quality'), system.tests[0].result], [true, 'Reached, and looked at twice'], 'what is kept');
  complain(zhao);
  await close(zhao);
});
await test('hands settings mail: at once, an hour and quiet hours are kept', async () => {
  const page = await signedIn(browser, 'kim');
  await visit(page, '/settings');
  const part = page.locator('section', { has: page.getByRole('heading', { name: 'Mail', exact: true }) });
  const kept = async (act) => { // each wish is sent as it is made
    const [answer] = await Promise.all([page.waitForResponse((r) => r.url().endsWith('/notices/mail') && r.request().method() === 'PATCH'), act()]);
    equal(answer.status(), 200, 'a wish is taken');
    await becomes(() => part.locator('fieldset').first().evaluate((one) => one.disabled), false, 'the section is busy');
  };
  await kept(() => part.getByRole('radio', { name: /^At once/ }).check());
  await kept(() => part.getByLabel('Your morning begins at').selectOption('09:00'));
  await kept(() => part.getByLabel('Hours in which nothing comes').check());
  await kept(() => part.getByRole('combobox', { name: 'from', exact: true }).selectOption('21:00'));
  await kept(() => part.getByRole('combobox', { name: 'until', exact: true }).selectOption('06:00'));
  await page.reload();
  await settled(page);
  await becomes(() => part.getByRole('radio', { name: /^At once/ }).isChecked(), true, 'at once');
  equal(await part.locator('select').evaluateAll((all) => all.map((one) => one.value)), ['9', '21', '6'], 'the hours');
  equal(await part.getByLabel('Hours in which nothing comes').isChecked(), true, 'quiet hours');
  const { mail, hour, quiet_from, quiet_to } = await page.ask('GET', '/notices/mail');
  equal([mail, hour, quiet_from, quiet_to], ['at_once', 9, 21, 6], 'what the server keeps');
  // Without quiet hours, or without mail, nothing is asked about them.
  await kept(() => part.getByLabel('Hours in which nothing comes').uncheck());
  equal(await part.locator('select').count(), 1, 'hours that are asked for');
  await kept(() => part.getByRole('radio', { name: /^Nothing/ }).check());
  equal(await part.locator('select').count(), 0, 'hours of no mail');
  complain(page);
  await close(page);
});

await browser.close();
done();
