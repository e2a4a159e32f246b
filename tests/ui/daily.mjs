// SPDX-License-Identifier: Apache-2.0
// What irritates in daily use (U6, U7, U10, U11, U12 and the daily list of what was found in the first release): where
// the focus stands, what a key finds, what a step says of itself, what paper and workbooks carry.
import { readFileSync } from 'node:fs';
import { becomes, done, equal, open, settled, signedIn, test, truth, visit, base, password } from './browser.mjs';

const browser = await open();
const close = (...pages) => Promise.all(pages.map((page) => page.context().close()));
const complain = (page) => equal(page.complaints, [], 'what the page complained about');
const focused = (page) => page.evaluate(() => { const e = document.activeElement; return `${e.tagName} ${e.id || e.innerText?.slice(0, 60) || ''}`.trim(); });
const options = (page) => page.locator('[role=listbox]:popover-open [role=option]:not([aria-disabled])');
/** Types into the palette and says what stands first, once the answer is here. */
async function first(page, typed) {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('');
  const answer = page.waitForResponse((r) => /\/search\?/.test(r.url()));
  await page.keyboard.type(typed, { delay: 15 });
  await answer;
  await becomes(() => page.locator('#palette-list').getAttribute('aria-busy'), 'false', 'the palette is busy');
  const text = (await page.locator('#palette-list [role=option]').first().innerText()).replace(/\s+/g, ' ').trim();
  return text;
}

for (const typed of ['rsk-12', 'RSK12', 'rsk 12', 'ＲＳＫ－１２']) await test(`daily palette finds ${typed}`, async () => {
  const page = await signedIn(browser, 'lin');
  await visit(page, '/');
  truth(/RSK-0012/.test(await first(page, typed)), `${typed} does not find RSK-0012 first`);
  await page.keyboard.press('Enter');
  await page.waitForURL(/RSK-0012/);
  await page.locator('h1', { hasText: 'RSK-0012' }).waitFor();
  complain(page);
  await close(page);
});
await test('daily palette a key typed into the address is the key as it stands', async () => {
  const page = await signedIn(browser, 'lin');
  await page.goto(`${base}/k/risk/rsk-12`);
  await page.locator('h1', { hasText: 'RSK-0012' }).waitFor();
  await close(page);
});
await test('daily palette the number of a control is first', async () => {
  const page = await signedIn(browser, 'lin');
  await visit(page, '/');
  truth(/A\.5\.2 /.test(await first(page, 'A.5.2')), 'A.5.2 is not the first');
  await page.keyboard.press('Enter');
  await page.locator('h1', { hasText: 'A.5.2' }).waitFor();
  // Enter before the answer waits for it, too.
  await page.keyboard.press('Control+k');
  await page.keyboard.type('a.6.2.5');
  await page.keyboard.press('Enter');
  await page.locator('h1', { hasText: 'A.6.2.5' }).waitFor();
  await close(page);
});
await test('daily palette an answer to what was typed before is none to what stands there', async () => {
  const page = await signedIn(browser, 'lin');
  await visit(page, '/');
  await page.route('**/api/v1/search?*', async (route) => { await new Promise((later) => setTimeout(later, 400)); await route.continue(); });
  await page.keyboard.press('Control+k');
  const asked = page.waitForRequest('**/api/v1/search?*');
  await page.keyboard.type('a.6.2');
  await asked;
  await page.keyboard.type('.5');
  await page.keyboard.press('Enter');
  await page.locator('h1', { hasText: 'A.6.2.5' }).waitFor();
  await close(page);
});
await test('daily palette does: language, theme, new, places by their short names', async () => {
  const page = await signedIn(browser, 'lin');
  await visit(page, '/');
  for (const [typed, wanted, check] of [
    ['new risk', /New risk$/, () => page.waitForURL(/\/k\/risk\/new/)],
    ['go to soa', /Applicability|SoA/, () => page.waitForURL(/\/soa/)],
    ['theme: dark', /Dark/, () => becomes(() => page.evaluate(() => document.documentElement.dataset.theme), 'dark', 'the theme')],
    ['中文', /中文/, () => becomes(() => page.evaluate(() => document.documentElement.lang), 'zh-CN', 'the language')],
    ['xjfx', /新建风险/, () => page.waitForURL(/\/k\/risk\/new/)],
    ['english', /English/, () => becomes(() => page.evaluate(() => document.documentElement.lang), 'en', 'the language')],
  ]) {
    const found = await first(page, typed);
    truth(wanted.test(found), `${typed} finds ${found}`);
    await page.keyboard.press('Enter');
    await check();
  }
  complain(page);
  await close(page);
});
await test('daily palette finds people, also by the letters of their Chinese names', async () => {
  const page = await signedIn(browser, 'lin');
  await visit(page, '/');
  for (const typed of ['Sara Lim', 'cgq']) {
    await first(page, typed);
    const person = page.locator('#palette-list [role=option]', { hasText: typed === 'cgq' ? '陈国强' : 'Sara Lim' }).first();
    await person.waitFor();
    await person.click();
    await page.waitForURL(/\/people\?q=/);
    await page.locator('main', { hasText: typed === 'cgq' ? '陈国强' : 'Sara Lim' }).waitFor();
  }
  await close(page);
});

await test('daily a step that is shut explains itself, however often it is pressed', async () => {
  const page = await signedIn(browser, 'sara');
  const risk = await page.ask('POST', '/risk', { title: 'Explained twice' });
  await visit(page, `/k/risk/${risk.key}`);
  const shut = page.locator('#next-step .shut');
  await shut.waitFor();
  for (let turn = 0; turn < 2; turn++) {
    await shut.click();
    truth(await page.locator('#missing').isVisible(), `the explanation is gone after press ${turn + 1}`);
  }
  complain(page);
  await close(page);
});
await test('daily from the next step to filling in are four stops at most', async () => {
  const page = await signedIn(browser, 'sara');
  const risk = await page.ask('POST', '/risk', { title: 'Few stops' });
  await visit(page, `/k/risk/${risk.key}`);
  await page.locator('#next-step .shut').waitFor();
  await page.locator('#next-step button').first().focus();
  const walked = [];
  for (let stop = 0; stop < 4 && !/Fill in all/.test(walked.at(-1) ?? ''); stop++) {
    await page.keyboard.press('Tab');
    walked.push(await focused(page));
  }
  truth(/Fill in all/.test(walked.at(-1)), `four stops lead to ${walked.join(' → ')}`);
  await close(page);
});
await test('daily after creating the heading of the record has the focus', async () => {
  const page = await signedIn(browser, 'sara');
  await visit(page, '/k/task/new');
  await page.keyboard.type('Read at once');
  await page.keyboard.press('Control+Enter');
  await page.waitForURL(/TSK-\d+/);
  await becomes(() => focused(page), /^H1 .*Read at once/, 'what has the focus');
  complain(page);
  await close(page);
});
await test('daily a picker offers its first choices as soon as it has the focus', async () => {
  const page = await signedIn(browser, 'sara');
  await visit(page, '/k/task/new?due=2027-01-01');
  await page.locator('#new-title').fill('Picked without a click');
  await page.getByRole('main').getByRole('button', { name: /More fields|More/ }).first().click();
  const owner = page.locator('#new-owner');
  await owner.focus();
  await options(page).first().waitFor();
  truth(await options(page).count() > 3, 'too few choices');
  // Nothing is chosen by passing through, by Enter or by Tab.
  await page.keyboard.press('Tab');
  equal(await owner.inputValue(), '', 'chosen by passing');
  await owner.focus();
  await options(page).first().waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  truth(await owner.inputValue(), 'an arrow and Enter choose the first');
  complain(page);
  await close(page);
});
await test('daily a group of the navigation that is shut stays shut, and one still sees where one is', async () => {
  const page = await signedIn(browser, 'lin');
  await visit(page, '/k/risk');
  const nav = page.getByRole('navigation', { name: 'Main navigation' });
  const plan = nav.getByRole('button', { name: 'Plan' });
  equal(await plan.getAttribute('aria-expanded'), 'true', 'open to begin with');
  await nav.getByRole('link', { name: 'AI systems' }).waitFor();
  await plan.focus();
  await page.keyboard.press('Enter');
  equal(await plan.getAttribute('aria-expanded'), 'false', 'shut by the keyboard');
  equal(await nav.getByRole('link', { name: 'AI systems' }).count(), 0, 'its leaves');
  equal(await nav.locator('[aria-current=page]').innerText(), 'Risks', 'where one is');
  await page.reload();
  await nav.getByRole('link', { name: 'Evidence' }).first().waitFor();
  equal(await nav.getByRole('link', { name: 'AI systems' }).count(), 0, 'its leaves after a reload');
  await plan.click();
  await nav.getByRole('link', { name: 'AI systems' }).waitFor();
  complain(page);
  await close(page);
});
await test('daily the keys open at their top', async () => {
  const page = await signedIn(browser, 'sara', { height: 500 });
  await visit(page, '/');
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  equal(await page.locator('.dialog .body').evaluate((body) => body.scrollTop), 0, 'scrolled');
  await close(page);
});
await test('daily who signs in reads in the language of their account', async () => {
  const page = await signedIn(browser, 'zhao');
  await page.ask('PATCH', '/session', { lang: 'zh' });
  await page.context().clearCookies();
  await page.goto(`${base}/login`);
  await page.locator('input[type=email], #email').first().fill('zhao@northlake.example');
  await page.locator('input[type=password]').fill(password);
  await page.keyboard.press('Enter');
  await page.locator('header.bar').waitFor();
  equal(await page.evaluate(() => document.documentElement.lang), 'zh-CN', 'the language after signing in');
  await page.reload();
  await settled(page);
  equal(await page.evaluate(() => document.documentElement.lang), 'zh-CN', 'the language after a reload');
  await close(page);
});
await test('daily the titles of controls are in the language of the reader, everywhere', async () => {
  const page = await signedIn(browser, 'lin', { lang: 'zh' });
  await visit(page, '/k/soa_entry');
  await becomes(() => page.locator('a.title').first().innerText(), /[\u4e00-\u9fff]/, 'the title in the list');
  await page.locator('a.title').first().click();
  await becomes(() => page.locator('h1').first().innerText(), /A\.\d.*[\u4e00-\u9fff]/, 'the heading of the record');
  const risk = (await page.ask('GET', '/search?q=A.5.2&limit=5')).items.find((one) => one.kind === 'soa_entry');
  await page.keyboard.press('Control+k');
  await page.keyboard.type(risk.key);
  await becomes(() => page.locator('#palette-list [role=option]').first().innerText(), /[\u4e00-\u9fff]/, 'the palette');
  await close(page);
});
await test('daily evidence is not accepted without having been opened', async () => {
  const page = await signedIn(browser, 'ben');
  const kind = 'evidence';
  const stored = await page.context().request.post(`${base}/api/v1/files`, {
    headers: { 'x-csrf-token': (await page.ask('GET', '/session')).csrf }, multipart: { file: { name: 'filter.txt', mimeType: 'text/plain', buffer: Buffer.from('Filter on for 60 people.') } } });
  const file = (await stored.json()).id;
  const made = await page.ask('POST', `/${kind}`, { title: 'Opened first', file, kind_of: 'screenshot', source: 'Console', captured_at: '2026-11-20' });
  const lin = await signedIn(browser, 'lin');
  await visit(lin, `/k/${kind}/${made.key}`);
  await lin.locator('#next-step').getByRole('button', { name: 'Accept as proof', exact: true }).click();
  const dialog = lin.getByRole('dialog');
  await dialog.waitFor({ timeout: 4000 });
  const accept = dialog.getByRole('button', { name: 'Accept as proof', exact: true });
  truth(await accept.isDisabled(), 'accepted unopened');
  await dialog.getByText('You have not opened this file here').waitFor();
  await dialog.getByRole('button', { name: 'Show it here' }).click();
  await dialog.locator('pre', { hasText: 'Filter on for 60 people.' }).waitFor();
  await accept.click();
  await becomes(async () => (await lin.ask('GET', `/${kind}/${made.id}`)).state, 'accepted', 'the state');
  complain(lin);
  await close(page, lin);
});
await test('daily U6 impacts: a page of their own, a card a dimension, answers carried over, nothing over Save', async () => {
  const page = await signedIn(browser, 'sara', { width: 1280, height: 720 });
  const model = await page.ask('GET', '/model');
  const kind = model.kinds.find((one) => one.fields.some((f) => f.type === 'rows' && f.covers && f.columns.length > 6));
  const field = kind.fields.find((f) => f.type === 'rows' && f.covers);
  const [column, wanted] = Object.entries(field.covers)[0];
  const link = kind.fields.find((f) => f.type === 'ref' && f.required && !f.envelope && f.to !== 'person');
  const lin = await signedIn(browser, 'lin');
  const system = await lin.ask('POST', `/${link.to}`, { title: 'Newly assessed', purpose: 'Sorts letters by what they ask for.' });
  const made = await page.ask('POST', `/${kind.kind}`, { title: 'A card a dimension', [link.name]: system.id, system_version: '1', profile: ['aiia'], personal_data: false });
  // The next step but one asks for the table: everything before it is filled in beforehand.
  await visit(page, `/k/${kind.kind}/${made.key}`);
  await page.locator(`#field-${field.name} .pencil`).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/fill\?field=/);
  const cards = page.locator('main .card');
  await becomes(() => cards.count(), wanted.length, 'cards');
  const boxes = await cards.evaluateAll((all) => all.map((one) => { const box = one.getBoundingClientRect(); return [box.width, one.querySelectorAll('input, select, textarea').length]; }));
  truth(boxes.every(([width]) => width > 700), `cards of ${boxes.map(([width]) => Math.round(width))} pixels`);
  truth(await page.evaluate(() => { const main = document.querySelector('main'); return main.scrollWidth <= main.clientWidth + 1; }), 'wider than the window');
  // As a person does: not relevant asks for the reason and nothing else.
  await cards.nth(2).getByRole('radio', { name: 'No', exact: true }).first().check();
  truth(await cards.nth(2).locator('textarea, select').count() === 0, 'what does not matter is still asked');
  await cards.nth(2).getByLabel('Why not', { exact: true }).fill('Nobody outside is touched.');
  await cards.nth(0).getByRole('radio', { name: 'Yes', exact: true }).first().check();
  await cards.nth(0).getByLabel('Benefit', { exact: true }).fill('Quicker answers.');
  await cards.nth(0).locator('select').first().selectOption({ index: 3 });
  await page.locator('.way', { hasText: '✓' }).waitFor();
  // Left by mistake, it has kept every answer.
  await page.getByRole('link', { name: 'Later' }).click();
  await page.waitForURL((url) => url.pathname.endsWith(made.key));
  await page.goBack();
  await becomes(() => cards.nth(0).getByLabel('Benefit', { exact: true }).inputValue(), 'Quicker answers.', 'what was typed');
  await page.getByRole('button', { name: /^Save/ }).click();
  await page.waitForURL((url) => url.pathname.endsWith(made.key));
  const rows = (await page.ask('GET', `/${kind.kind}/${made.id}`))[field.name];
  const of = (name) => rows.find((row) => row[column] === name) ?? {};
  equal([of(wanted[0]).benefit, of(wanted[2]).relevant, of(wanted[2]).why], ['Quicker answers.', false, 'Nobody outside is touched.'], 'what is stored');
  // What the system says already is offered for the step, and taken over by one press.
  await page.ask('POST', `/${kind.kind}/${made.id}/moves/draft`, {});
  await visit(page, `/k/${kind.kind}/${made.key}`);
  await page.getByRole('button', { name: /^Fill in all/ }).click();
  await page.getByRole('button', { name: /^Take over \d/ }).click();
  equal(await page.locator('#fill-purpose').inputValue(), system.purpose, 'the purpose of the system');
  await page.getByRole('button', { name: /^Save/ }).click();
  await becomes(async () => (await page.ask('GET', `/${kind.kind}/${made.id}`)).purpose, system.purpose, 'what is stored');
  complain(page);
  await close(page, lin);
});
await test('daily a long form is asked in groups', async () => {
  const page = await signedIn(browser, 'sara');
  const risk = await page.ask('POST', '/risk', { title: 'Asked in groups' });
  await visit(page, `/k/risk/${risk.key}`);
  await page.getByRole('button', { name: /^Fill in all/ }).click();
  await page.getByRole('dialog').waitFor();
  truth(await page.locator('.dialog legend:not(.sr)').count() > 1, 'one long list of questions');
  await close(page);
});
await test('daily a message never lies over what is to be pressed', async () => {
  const page = await signedIn(browser, 'sara');
  const risk = await page.ask('POST', '/risk', { title: 'Not covered' });
  await visit(page, `/k/risk/${risk.key}`);
  // A message about a saved field stands while the next form is open.
  await page.locator('#field-owner .pencil, #field-due .pencil').first().focus();
  await page.keyboard.press('Enter');
  await page.locator('.tools .btn.main').first().waitFor();
  await page.keyboard.press('Escape');
  await page.locator('h1 .btn').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.type(' any more');
  await page.keyboard.press('Enter');
  await page.locator('.toast').waitFor();
  await page.getByRole('button', { name: /^Fill in all/ }).click();
  await page.getByRole('dialog').waitFor();
  const over = await page.evaluate(() => [...document.querySelectorAll('.dialog-foot .btn')].filter((button) => {
    const box = button.getBoundingClientRect();
    const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return !button.contains(top);
  }).map((button) => button.innerText));
  equal(over, [], 'buttons under a message');
  await close(page);
});

await test('daily U7 who changed a record last is who did it, not who wrote in it before', async () => {
  const [page, lin] = [await signedIn(browser, 'ben'), await signedIn(browser, 'lin')];
  const made = await page.ask('POST', '/evidence', { title: 'Written by one, decided by another', kind_of: 'statement', source: 'Console', captured_at: '2026-11-20' });
  await lin.ask('POST', `/evidence/${made.id}/moves/reject`, { reason: 'Proves nothing.' });
  await visit(page, `/k/evidence/${made.key}`);
  const last = page.locator('.made > div', { hasText: 'Last changed' });
  await becomes(() => last.innerText(), /Lin Wang/, 'who changed it last');
  truth(!/Ben/.test(await last.innerText()), 'another name stands there');
  // The ledger says who, and which record.
  await visit(lin, '/ledger');
  const row = lin.locator('tbody tr', { hasText: made.key }).first();
  await becomes(() => row.innerText(), /Lin Wang[\s\S]*Written by one/, 'the entry in the ledger');
  await row.getByRole('link', { name: new RegExp(made.key) }).click();
  await lin.waitForURL(new RegExp(made.key));
  complain(page);
  complain(lin);
  await close(page, lin);
});
await test('daily U10 what is exported is what is read: columns, titles, words, language', async () => {
  const page = await signedIn(browser, 'lin', { lang: 'zh' });
  await visit(page, '/k/risk?group=state');
  const heads = (await page.locator('thead th[scope=col]').allInnerTexts()).map((one) => one.trim());
  await page.getByRole('button', { name: '导出' }).click();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: 'CSV' }).click()]);
  const [head, ...rows] = readFileSync(await file.path(), 'utf8').replace(/^\ufeff/, '').trim().split(/\r?\n/);
  const [key, ...others] = heads;
  equal(head.split(',').map((one) => one.replace(/^"|"$/g, '')), [key, '状态', ...others], 'the headings');
  truth(rows.length > 5 && !rows.some((row) => /\b(in_treatment|very_high|usr_|identified)/.test(row)), 'codes among the words');
  complain(page);
  await close(page);
});

await test('daily U11 paper: nothing over the text, the first page is full, tables are whole', async () => {
  const page = await signedIn(browser, 'lin');
  const told = [];
  for (const path of ['/', '/soa', '/map', '/readiness', '/k/risk', '/ledger', '/people', '/k/impact_assessment/AIA-0001', '/k/risk/RSK-0012?tab=history']) {
    await visit(page, path);
    await page.emulateMedia({ media: 'print', reducedMotion: 'reduce' });
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    const found = await page.evaluate(() => {
      const skip = document.querySelector('.skip');
      const locked = [...document.querySelectorAll('main *')].filter((e) => e.checkVisibility() && getComputedStyle(e).overflowX !== 'visible' && getComputedStyle(e).display !== 'inline'
        && e.clientHeight > 700 && /auto|scroll/.test(getComputedStyle(e).overflowX + getComputedStyle(e).overflowY));
      const kept = [...document.querySelectorAll('main *')].filter((e) => getComputedStyle(e).breakInside === 'avoid' && e.checkVisibility() && e.getBoundingClientRect().height > 900);
      const pressed = [...document.querySelectorAll('main .btn')].filter((e) => e.checkVisibility());
      return [skip?.checkVisibility() ? 'the skip link' : '', locked.length ? `${locked[0].className} cannot be broken` : '', kept.length ? `${kept[0].className} is kept together` : '', pressed.length ? `a button: ${pressed[0].innerText}` : ''].filter(Boolean);
    });
    if (found.length) told.push(`${path}: ${found.join(', ')}`);
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    await page.emulateMedia({ media: 'screen', reducedMotion: 'reduce' });
  }
  equal(told, [], 'on paper');
  complain(page);
  await close(page);
});

await test('daily words: nobody is called by the name of a field, no code twice, nothing is said of an empty record', async () => {
  const page = await signedIn(browser, 'lin');
  const system = await page.ask('POST', '/ai_system', { title: 'Nothing known yet' });
  await visit(page, `/k/ai_system/${system.key}`);
  await page.locator('.facts .chip').first().waitFor();
  truth(!/Attention it needs\s*Low/.test(await page.locator('.facts').innerText()), 'an empty system needs low attention');
  await page.locator('#field-materiality', { hasText: 'not known yet' }).waitFor({ timeout: 3000 });
  // Every reason that any step of any record gives to anybody.
  const told = [];
  for (const who of ['lin', 'priya', 'tom']) {
    const one = who === 'lin' ? page : await signedIn(browser, who);
    for (const kind of ['ai_system', 'risk', 'impact_assessment', 'document'])
      for (const { id } of (await one.ask('GET', `/${kind}?limit=8&fields=title`)).items)
        for (const move of (await one.ask('GET', `/${kind}/${id}/moves`)).moves) told.push(...(move.why_not ?? []).map((p) => p.message));
    if (one !== page) await close(one);
  }
  const raw = told.filter((words) => /[a-z]+_[a-z]+/.test(words));
  equal([...new Set(raw)].slice(0, 3), [], 'raw words');
  const kim = await signedIn(browser, 'kim');
  const { items: [running] } = await kim.ask('GET', '/ai_system?limit=1&fields=title');
  const refused = (await kim.api('PATCH', `/ai_system/${running.id}`, { contact: 'me' }, { 'If-Match': `"${running.version}"`, 'Accept-Language': 'en' })).body;
  truth(/the record's technical owner/.test(JSON.stringify(refused)), `who may change it: ${JSON.stringify(refused).slice(0, 300)}`);
  await close(kim);
  // A code that stands in the sentence does not stand beside it once more.
  const [doc] = (await page.ask('GET', '/evidence?state=collected&limit=1')).items;
  const mine = await page.ask('POST', '/evidence', { title: 'My own', kind_of: 'statement', source: 'Console', captured_at: '2026-11-20' });
  await visit(page, `/k/evidence/${(mine ?? doc).key}`);
  await page.locator('#next-step .shut, #next-step button[aria-controls=missing]').first().click();
  const missing = page.locator('#missing');
  await missing.getByText('SOD-1').first().waitFor();
  for (const line of await missing.locator('.reasons > li').allInnerTexts()) truth((line.match(/SOD-1/g) ?? []).length < 2, `the code twice: ${line}`);
  complain(page);
  await close(page);
});

await test('daily U12 the residual map shows from where each has come', async () => {
  const page = await signedIn(browser, 'lin');
  await visit(page, '/map');
  await page.getByRole('button', { name: 'Residual risk', exact: true }).click();
  const arrows = page.locator('.arrows > path');
  await arrows.first().waitFor({ state: 'attached', timeout: 4000 });
  const { items } = await page.ask('GET', '/risk?limit=1000');
  const model = (await page.ask('GET', '/model')).kinds.find((one) => one.kind === 'risk');
  const { x, y, after } = model.views.find((one) => one.shape === 'map');
  const ends = new Set(model.states.filter((one) => one.end).map((one) => one.state));
  const moved = items.filter((r) => !ends.has(r.state) && r[x] && r[y] && r[after.x] && r[after.y] && (r[x] !== r[after.x] || r[y] !== r[after.y]));
  equal(await arrows.count(), new Set(moved.map((r) => [r[x], r[y], r[after.x], r[after.y]].join())).size, 'arrows');
  // Arrows lie over the cells and take no click from them.
  await page.locator('.map .cell.some').first().click();
  await page.waitForURL(/cell=/);
  await page.getByRole('button', { name: 'Inherent risk', exact: true }).click();
  await becomes(() => arrows.count(), 0, 'arrows where nothing has moved');
  complain(page);
  await close(page);
});

await test('daily redaction: one asks, another confirms, and the text is gone from page and history', async () => {
  const sara = await signedIn(browser, 'sara');
  const risk = await sara.ask('POST', '/risk', { title: 'Refused wrongly', effect: 'Mia Oldenburg complained twice' });
  await sara.ask('POST', `/risk/${risk.id}/comments`, { body: 'spoke with Oldenburg' });
  await visit(sara, `/k/risk/${risk.key}`);
  await sara.locator('#field-effect', { hasText: 'Oldenburg' }).waitFor();
  await sara.getByRole('button', { name: 'More for this record' }).click();
  equal(await sara.getByRole('menuitem').allInnerTexts(), ['Trace'], 'the menu of whoever may neither redact nor hold');
  await sara.keyboard.press('Escape');
  const reason = async (page, words) => {
    await page.locator('#redact-reason').fill(words);
    if (await page.locator('#redact-password').count()) await page.locator('#redact-password').fill(password);
  };
  // A legal hold stops it, and shows.
  const anna = await signedIn(browser, 'anna');
  await visit(anna, `/k/risk/${risk.key}`);
  const menu = anna.getByRole('button', { name: 'More for this record' });
  await menu.click();
  await anna.getByRole('menuitem', { name: 'Legal hold…' }).click();
  await anna.locator('#hold-reason').fill('A case is pending');
  await anna.getByRole('button', { name: 'Put under legal hold' }).click();
  await anna.locator('.facts', { hasText: 'Under legal hold' }).waitFor();
  await menu.click();
  equal(await anna.getByRole('menuitem', { name: 'Redact…' }).getAttribute('aria-disabled'), 'true', 'redaction under hold');
  await anna.getByRole('menuitem', { name: 'Release the legal hold…' }).click();
  await anna.locator('#hold-reason').fill('The case is closed');
  await anna.getByRole('button', { name: 'Release', exact: true }).click();
  await becomes(() => anna.locator('.facts', { hasText: 'Under legal hold' }).count(), 0, 'the hold');
  // The first of two asks.
  await menu.click();
  await anna.getByRole('menuitem', { name: 'Redact…' }).click();
  const form = anna.locator('#redact-form');
  for (const said of ['cannot be undone', 'Designated management', 'Comments (1)', 'Reasons that were given (2)']) await form.getByText(said).first().waitFor();
  await anna.locator('#redact-ground').fill('GDPR Art. 17');
  await reason(anna, 'The person asked');
  await anna.getByRole('button', { name: 'Ask for redaction' }).click();
  await form.waitFor({ state: 'detached' });
  await anna.locator('#field-effect', { hasText: 'Oldenburg' }).waitFor();
  // The second sees what was asked for, and asks for the same.
  const mei = await signedIn(browser, 'mei');
  await visit(mei, `/k/risk/${risk.key}`);
  await mei.getByRole('button', { name: 'See what was asked for' }).click();
  for (const said of ['GDPR Art. 17', 'The person asked', 'Anna Keller asked for this']) await mei.locator('#redact-form').getByText(said).first().waitFor();
  await reason(mei, 'Checked with the person');
  await mei.getByRole('button', { name: 'Redact for good' }).click();
  await mei.locator('#redact-form').waitFor({ state: 'detached' });
  await mei.locator('#field-effect', { hasText: /Redacted by entry \d+/ }).waitFor();
  await mei.locator('h1', { hasText: '[redacted]' }).waitFor();
  await visit(mei, `/k/risk/${risk.key}?tab=history`);
  const history = mei.locator('#panel-history');
  for (const said of [/redacted content/, /asked that content be redacted/, /put it under legal hold/, /Redacted by entry [\d,]+: .*Effect/, /Checked with the person/]) await history.getByText(said).first().waitFor();
  truth(!/Oldenburg|Refused wrongly/.test(await mei.locator('body').innerText()), 'the history still tells it');
  await visit(mei, `/k/risk/${risk.key}?tab=comments`);
  await mei.locator('#panel-comments', { hasText: 'A comment that was redacted' }).waitFor();
  // Whoever had it open sees it go, too.
  await sara.locator('#field-effect', { hasText: /Redacted by entry/ }).waitFor();
  const chinese = await signedIn(browser, 'mei', { lang: 'zh' });
  await visit(chinese, `/k/risk/${risk.key}`);
  await chinese.locator('#field-effect', { hasText: /已由账本第 [\d,]+ 条删除/ }).waitFor();
  await chinese.locator('h1', { hasText: '[已删除]' }).waitFor();
  for (const page of [sara, anna, mei, chinese]) complain(page);
  await close(sara, anna, mei, chinese);
});

await test('daily demo: what it is and how one begins with one\'s own, and one step out of it', async () => {
  const page = await signedIn(browser, 'lin');
  await visit(page, '/');
  await page.getByRole('button', { name: 'Demo', exact: true }).click();
  await page.getByText('aimwell init --data DIR').waitFor();
  await page.getByRole('button', { name: 'Leave the demo' }).click();
  await page.waitForURL(/\/login/);
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  complain(page);
  await close(page);
});

await test('daily law: a clock says by which law it counts, the page lists all of them, and who signed stands on the record', async () => {
  const page = await signedIn(browser, 'grace');
  const { items } = await page.ask('GET', '/incident?limit=100');
  const told = items.find((one) => one.gdpr_by_standing === 'met');
  await visit(page, `/k/incident/${told.key}`);
  const line = page.locator('#field-gdpr_by');
  await line.getByText('72 hours from becoming aware of the breach').waitFor();
  await line.locator('#field-gdpr_by_standing', { hasText: 'Met in time' }).waitFor();
  // What does not apply is folded away, and there for whoever asks.
  truth(!(await page.locator('#field-kr_by').isVisible()), 'a clock that does not apply stands open');
  await page.locator('summary', { hasText: /times do not apply/ }).first().click();
  await page.locator('#field-kr_by', { hasText: 'Not applicable' }).waitFor();
  await line.getByRole('link', { name: /GDPR.*Article 33/ }).click();
  await page.waitForURL(/\/deadlines/);
  const { deadlines } = await page.ask('GET', '/model');
  equal(await page.locator('tbody tr').count(), deadlines.length, 'rows');
  await page.locator('[id="gdpr.authority"]', { hasText: 'Incidents: GDPR: notify by' }).waitFor();
  truth(await page.getByText('no register counts it').count() === deadlines.filter((one) => !one.counted.length).length, 'rows that nothing counts');
  // Who signed, with the entry that proves it.
  const { items: approved } = await page.ask('GET', '/impact_assessment?state=in_force&limit=10');
  const { items: signed } = await page.ask('GET', `/impact_assessment/${approved[0].key}/signatures`);
  truth(signed.length > 0 && signed[0].by.length > 0, 'nothing was signed');
  await visit(page, `/k/impact_assessment/${approved[0].key}`);
  const block = page.locator('.signed li').first();
  for (const by of signed[0].by) await block.getByText(by.person.name).first().waitFor();
  equal(await block.getByRole('link').count(), signed[0].by.length, 'entries');
  complain(page);
  await close(page);
});

await browser.close();
done();
