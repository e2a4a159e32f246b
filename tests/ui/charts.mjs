// SPDX-License-Identifier: Apache-2.0
// Pictures: what is drawn, what its table says, what the server counts and what the rows behind a number are: the same
// four times. By keyboard, in both themes, on paper, without a jump; and only for whoever may read what is counted.
import { readFileSync } from 'node:fs';
import { becomes, done, equal, open, signedIn, test, truth, visit } from './browser.mjs';

const browser = await open();
const page = await signedIn(browser, 'lin');
const complain = () => equal(page.complaints.splice(0), [], 'what the page complained about');
const figure = (name) => page.locator(`[data-picture=${name}]`);
const drawn = async (name) => { await figure(name).locator('.chart[data-ready=true] svg').waitFor({ state: 'visible' }); };
const asTable = (name) => figure(name).getByRole('button', { name: 'Table', exact: true }).click();
/** The cells of a table of the picture, with where they lead. */
const cells = (name, at = 0) => figure(name).locator('.twin table').nth(at).evaluate((table) => [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => ({ text: cell.innerText.trim(), href: cell.querySelector('a')?.getAttribute('href') ?? '' }))));
const written = (name) => figure(name).locator('.chart svg').evaluate((svg) => [...svg.querySelectorAll('text')].map((one) => one.textContent.trim()));
const sorted = (all) => [...all].sort();
const day = async () => (await page.ask('GET', '/organisation')).today;

await test('pictures stand still while they load', async () => {
  await page.addInitScript(() => {
    window.jumps = 0;
    new PerformanceObserver((list) => { for (const one of list.getEntries()) if (!one.hadRecentInput) window.jumps += one.value; }).observe({ type: 'layout-shift', buffered: true });
  });
  await visit(page, '/pictures');
  const { pictures } = await page.ask('GET', '/model');
  equal(await page.locator('main .place').evaluateAll((all) => all.map((one) => one.dataset.name)), pictures.map((one) => one.picture), 'the pictures, in their order');
  await drawn('ageing');
  truth(await page.locator('figure').count() < pictures.length, 'those far below have not asked yet');
  truth(await page.evaluate(() => window.jumps) <= 0.02, `the page jumped by ${await page.evaluate(() => window.jumps)}`);
  const tops = () => page.locator('main .place').evaluateAll((all) => all.map((one) => one.offsetTop));
  const before = await tops();
  // Each comes when it comes near.
  for (const { picture, shape } of pictures) {
    await page.locator(`.place[data-name=${picture}]`).evaluate((one) => one.scrollIntoView({ block: 'center' }));
    await figure(picture).waitFor();
    if (shape !== 'view' && shape !== 'trend') await drawn(picture);
    await becomes(() => figure(picture).locator('figcaption .meta').innerText(), /\d.*20\d\d/, `${picture}: of how many, and when`);
  }
  equal(await tops(), before, 'where the pictures stand, when all have come');
  equal(await page.locator('nav a[aria-current=page]').innerText(), 'Pictures', 'where one is');
  complain();
});

await test('ageing: drawn, said, counted and listed alike', async () => {
  await visit(page, '/pictures/ageing?of=treatment');
  await drawn('ageing');
  const kind = (await page.ask('GET', '/model')).kinds.find((one) => one.kind === 'treatment');
  const ends = kind.states.filter((one) => one.end).map((one) => one.state).join(',');
  const tally = await page.ask('GET', `/treatment?tally=state,state.age&state.not=${ends}`);
  truth(tally.total > 3, `the demo has ${tally.total} open treatments`);
  await asTable('ageing');
  const rows = await cells('ageing');
  equal(rows.at(-1).at(-1).text, String(tally.total), 'the sum');
  const numbers = rows.slice(0, -1).flatMap((row) => row.slice(1, -1)).filter((cell) => cell.href);
  equal(sorted(numbers.map((cell) => cell.text)), sorted(tally.tally.map((one) => String(one.n))), 'numbers of the table and of the server');
  equal(await figure('ageing').locator('figcaption .meta').innerText().then((text) => text.startsWith(`${tally.total} open in `)), true, 'of how many');
  // Behind each number: so many rows, and each as long in its state as the column says.
  const today = Date.parse(`${await day()}T00:00:00Z`);
  const bounds = { 7: [0, 7], 30: [8, 30], 90: [31, 90], more: [91, Infinity] };
  for (const cell of numbers) {
    const search = new URL(cell.href, 'http://x').searchParams;
    const { items, total } = await page.ask('GET', `/treatment?${search}&fields=title&limit=100`);
    equal(String(total), cell.text, `rows behind ${cell.href}`);
    for (const one of items.slice(0, 2)) {
      const { since, state } = await page.ask('GET', `/treatment/${one.key}`);
      const days = Math.round((today - Date.parse(`${since.slice(0, 10)}T00:00:00Z`)) / 86400000);
      const [least, most] = bounds[search.get('state.age')];
      truth(days >= least - 1 && days <= most + 1 && state === search.get('state'), `${one.key} has been in ${state} for ${days} days, behind ${cell.href}`);
    }
  }
  await figure('ageing').getByRole('button', { name: 'Picture', exact: true }).click();
  await drawn('ageing');
  const texts = await written('ageing');
  for (const cell of numbers) truth(texts.includes(cell.text), `${cell.text} is not in the picture`);
  // The list says in words what the link asks for.
  await asTable('ageing');
  await figure('ageing').locator('.twin tbody a').first().click();
  await page.waitForURL(/state\.age=/);
  await becomes(() => page.locator('.filter').evaluateAll((all) => all.map((one) => one.innerText).join(' ')), /In this state/, 'the filter in words');
  complain();
});

await test('ageing of another register, by keyboard alone; the choice stays', async () => {
  await visit(page, '/pictures/ageing');
  await figure('ageing').getByRole('combobox').selectOption('task');
  await page.waitForURL(/of=task/);
  const button = figure('ageing').getByRole('button', { name: 'Table', exact: true });
  await button.focus();
  await page.keyboard.press('Enter');
  await page.locator('.twin table').waitFor({ state: 'visible' });
  await page.reload();
  await page.locator('.twin table').waitFor({ state: 'visible' });
  const [file] = await Promise.all([page.waitForEvent('download'), figure('ageing').getByRole('button', { name: 'CSV' }).click()]);
  const csv = readFileSync(await file.path(), 'utf8');
  const rows = await cells('ageing');
  truth(csv.includes(rows.at(-1).map((cell) => cell.text).join(',')), `the file has not what the table has: ${csv.slice(0, 400)}`);
  await figure('ageing').getByRole('button', { name: 'Picture', exact: true }).click();
  complain();
});

await test('map: what moved since last quarter leads to the records that did', async () => {
  const today = await day();
  const [year, month] = today.split('-').map(Number);
  const then = new Date(Date.UTC(year, Math.floor((month - 1) / 3) * 3, 1) - 86400000).toISOString().slice(0, 10);
  const kind = (await page.ask('GET', '/model')).kinds.find((one) => one.kind === 'risk');
  const ends = kind.states.filter((one) => one.end).map((one) => one.state).join(',');
  const was = await page.ask('GET', `/risk?as_of=${then}&likelihood.empty=0&consequence.empty=0&state.not=${ends}&fields=likelihood,consequence&limit=100`);
  let moved;
  for (const one of was.items) {
    const now = await page.ask('GET', `/risk/${one.key}`);
    if (now.state && !ends.includes(now.state) && now.may.change) {
      const to = one.likelihood === 5 ? 4 : 5;
      const { status } = await page.api('PATCH', `/risk/${one.key}`, { likelihood: to }, { 'if-match': `"${now.version}"` });
      if (status === 200) { moved = { key: one.key, from: one.likelihood, to, y: one.consequence }; break; }
    }
  }
  truth(moved, 'no risk of last quarter can be rated anew');
  await visit(page, '/pictures/risk_movement');
  await drawn('risk_movement');
  const counts = async (more) => (await page.ask('GET', `/risk?tally=likelihood,consequence&state.not=${ends}${more}`));
  const [before, now] = [await counts(`&as_of=${then}`), await counts('')];
  await asTable('risk_movement');
  const rows = await cells('risk_movement');
  const sum = (at) => rows.reduce((all, row) => all + Number(row[at].text), 0);
  const placed = (all) => all.tally.filter((one) => one.x !== null && one.y !== null).reduce((n, one) => n + one.n, 0);
  equal([sum(1), sum(2)], [placed(before), placed(now)], 'placed then and now');
  for (const row of rows.filter((one) => one[2].href)) {
    const { total } = await page.ask('GET', `/risk?${new URL(row[2].href, 'http://x').searchParams}&limit=1`);
    equal(String(total), row[2].text, `rows behind ${row[2].href}`);
  }
  const steps = await cells('risk_movement', 1);
  equal(steps.map((row) => row[2].text), ['1'], 'what moved');
  await figure('risk_movement').locator('.twin table').nth(1).getByRole('button').click();
  await becomes(() => figure('risk_movement').locator('.rows li .key').allInnerTexts(), [moved.key], 'the record that moved');
  truth(new RegExp(`Of ${before.total} on .*, 1 stands elsewhere`).test(await figure('risk_movement').locator('.says').innerText()), 'the sentence says it');
  // What stood there then is listed as it was.
  const cell = await figure('risk_movement').locator('.twin table').first().locator('tbody button').first();
  const n = await cell.innerText();
  await cell.click();
  await becomes(() => figure('risk_movement').locator('.rows li').count().then(String), n, 'rows of then');
  truth(/\?then=/.test(await figure('risk_movement').locator('.rows li a').first().getAttribute('href')), 'a row of then leads to how it was');
  await figure('risk_movement').getByRole('button', { name: 'Picture', exact: true }).click();
  await drawn('risk_movement');
  const texts = await written('risk_movement');
  for (const row of rows) if (Number(row[2].text)) truth(texts.includes(row[2].text), `${row[2].text} is not in the picture`);
  complain();
});

await test('clocks and wheel say what the server says', async () => {
  await visit(page, '/pictures/clocks');
  await drawn('clocks');
  const { clocks } = await page.ask('GET', '/clocks');
  await asTable('clocks');
  const rows = await cells('clocks');
  equal(rows.length - 1, clocks.length, 'sorts of clocks');
  equal(rows.at(-1).at(-1).text, String(clocks.reduce((sum, one) => sum + one.total, 0)), 'the sum');
  const links = rows.slice(0, -1).flatMap((row) => row.filter((cell) => cell.href));
  for (const cell of links.slice(0, 6)) {
    const url = new URL(cell.href, 'http://x');
    const { total } = await page.ask('GET', `/${url.pathname.split('/').pop()}?${url.searchParams}&limit=1`);
    equal(String(total), cell.text, `rows behind ${cell.href}`);
  }
  truth(rows.slice(0, -2).every((row, at) => Number(row[1].text) >= Number(rows[at + 1][1].text)), 'what is over stands first');
  await visit(page, '/readiness');
  await drawn('pdca');
  await asTable('pdca');
  const ready = await page.ask('GET', '/readiness?framework=iso-42001');
  const parts = await cells('pdca');
  for (const phase of ready.phases) truth(parts.some((row) => row[1].text === String(phase.met) && row[2].text === String(phase.rows) && row[0].text.toLowerCase() === phase.phase), `${phase.phase}: ${phase.met} of ${phase.rows}`);
  await figure('pdca').getByRole('button', { name: 'Picture', exact: true }).click();
  await drawn('pdca');
  const texts = await written('pdca');
  for (const phase of ready.phases) truth(texts.includes(`${phase.met} of ${phase.rows}`), `${phase.phase} in the picture`);
  complain();
});

await test('trend: one day teaches, several are a line', async () => {
  await visit(page, '/pictures/readiness_trend');
  truth(/needs two days/.test(await figure('readiness_trend').innerText()), 'with one day it says what must be there first');
  await page.route('**/readiness?*trend=*', async (route) => {
    const reply = await route.fetch();
    const body = await reply.json();
    const last = body.trend.at(-1);
    body.trend = [{ ...last, day: '2026-09-01', score: 10, met: 3 }, { ...last, day: '2026-10-15', score: 20, met: 5 }, last];
    await route.fulfill({ response: reply, json: body });
  });
  await page.reload();
  await drawn('readiness_trend');
  await asTable('readiness_trend');
  const rows = await cells('readiness_trend');
  equal(rows.slice(1).map((row) => [row[1].text, row[0].href]), [['20', '/readiness?framework=iso-42001&as_of=2026-10-15'], ['10', '/readiness?framework=iso-42001&as_of=2026-09-01']], 'days that are known');
  await figure('readiness_trend').getByRole('button', { name: 'Picture', exact: true }).click();
  await page.unroute('**/readiness?*trend=*');
  complain();
});

await test('theme, paper, the colours of the system', async () => {
  await visit(page, '/pictures/ageing');
  await drawn('ageing');
  const fills = () => figure('ageing').locator('.chart svg').evaluate((svg) => [...svg.querySelectorAll('path[fill]')].map((one) => one.getAttribute('fill')).join(' '));
  const light = await fills();
  truth(light.includes('#1d5fbf'), 'the first series in the light');
  await page.emulateMedia({ colorScheme: 'dark' });
  await becomes(async () => /#4f94ff/.test(await fills()), true, 'the dark theme, at once');
  truth(!/animate/i.test(await figure('ageing').locator('.chart').innerHTML()), 'something moves');
  await page.emulateMedia({ colorScheme: 'light', forcedColors: 'active' });
  await becomes(async () => !/#1d5fbf|#4f94ff/.test(await fills()), true, 'the colours of the system');
  await page.emulateMedia({ forcedColors: 'none', media: 'print' });
  truth(await figure('ageing').locator('.twin table').isVisible() && await figure('ageing').locator('.chart svg').isVisible(), 'on paper stand the picture and its table');
  truth(!await figure('ageing').getByRole('button', { name: 'Print' }).isVisible(), 'nobody presses paper');
  await page.emulateMedia({ media: 'screen' });
  complain();
});

await test('whoever may not read a register sees no picture of it', async () => {
  const other = await signedIn(browser, 'claire');
  await visit(other, '/pictures');
  const [{ pictures }, me] = [await other.ask('GET', '/model'), await other.ask('GET', '/session')];
  const reads = (kind) => me.may[kind]?.read ?? true;
  const wanted = pictures.filter((one) => !one.kinds.length || one.kinds.some(reads)).map((one) => one.picture);
  equal(await other.locator('main .place').evaluateAll((all) => all.map((one) => one.dataset.name)), wanted, 'pictures');
  await visit(other, '/pictures/nothing');
  truth(/no picture of that name/.test(await other.locator('main').innerText()), 'a picture that is not there');
  equal(other.complaints, [], 'complaints');
  await other.context().close();
});

await test('live figures: each window as the server judged it, what is in breach first, one axis of time', async () => {
  const at = await signedIn(browser, 'lin');
  await visit(at, '/monitors?days=0');
  const { items } = await at.ask('GET', '/monitor?state=active,breached,answered&sort=title');
  truth(items.length >= 4, `the demo has ${items.length} monitors`);
  const watch = (key) => at.locator(`[data-monitor=${key}]`);
  await becomes(() => at.locator('.many .panel').count(), items.length, 'panels');
  const titles = await at.locator('.many .panel').evaluateAll((all) => all.map((one) => one.dataset.key));
  equal(sorted(titles), sorted(items.map((one) => one.key)), 'the monitors');
  const alarms = items.filter((one) => one.alarm).map((one) => one.key);
  truth(alarms.length > 0 && alarms.includes(titles[0]), 'what is in breach stands first');
  equal(await at.locator('main [role=status] b').first().innerText(), `${alarms.length} in breach`, 'how many');
  for (const { key, title } of items) {
    await watch(key).scrollIntoViewIfNeeded();
    await watch(key).locator('.chart[data-ready=true] svg').first().waitFor({ state: 'visible' });
    const { points } = await at.ask('GET', `/monitors/${key}/series`);
    await watch(key).getByRole('button', { name: 'Table', exact: true }).click();
    const rows = await watch(key).locator('table').evaluate((table) => [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.innerText.trim())));
    equal(rows.length, points.length, `windows of ${title}`);
    equal(rows.map((row) => row[3].replace(/\D/g, '')), [...points].reverse().map((one) => String(one.n)), 'of how many rows each is');
    const judged = await watch(key).locator('table').evaluate((table) => [...table.tHead.rows[0].cells].findIndex((cell) => cell.innerText.trim() === 'Judged'));
    const words = { learning: 'Baseline being learned', pass: 'Within limits', breach: 'Beyond the limit', not_enough_data: 'Not enough data', maturing: 'Labels still to come', no_data: 'No data' };
    equal(rows.map((row) => row[judged]), [...points].reverse().map((one) => words[one.status]), 'how each was judged');
    truth(rows.every((row, n) => Math.abs(Number(row[1]) - [...points].reverse()[n].value) < 0.0001), 'each value');
    equal(await watch(key).locator('table a').last().getAttribute('href'), `/ledger?n=${points[0].ledger}`, 'the entry of the oldest');
    await watch(key).getByRole('button', { name: 'Picture', exact: true }).click();
  }
  // Only those of one system, only the last thirty days; both in the address.
  await at.locator('#monitors-days').selectOption('30');
  await becomes(async () => new URL(at.url()).search, '?days=30', 'the address');
  const key = items.find((one) => one.figure === 'accuracy').key;
  const recent = (await at.ask('GET', `/monitors/${key}/series`)).points.filter((one) => Date.parse(one.from) >= Date.now() - 30 * 86400000);
  await becomes(() => watch(key).locator('.says .meta').innerText().then((text) => text.split(' ')[0]), String(recent.length), 'windows of thirty days');
  await at.locator('#monitors-system').selectOption({ label: (await at.locator('#monitors-system option').nth(1).innerText()) });
  await becomes(async () => new URL(at.url()).searchParams.get('days'), '30', 'what was chosen before stays');
  equal(at.complaints.splice(0), [], 'what the page complained about');
  // On its record: the same windows, larger.
  await visit(at, `/k/monitor/${key}?tab=live`);
  await watch(key).locator('.chart[data-ready=true] svg').waitFor({ state: 'visible' });
  equal(await at.getByRole('tab', { name: 'Windows' }).getAttribute('aria-selected'), 'true', 'the tab');
  await at.context().close();
});
await test('live figures: what happened meanwhile is numbered in each picture and told beside them', async () => {
  const at = await signedIn(browser, 'lin');
  await visit(at, '/monitors?days=365');
  const all = at.locator('.many .panel');
  await all.first().locator('.chart[data-ready=true] svg').waitFor({ state: 'visible' });
  const chart = all.first().locator('.chart').first();
  const texts = () => chart.locator('svg').evaluate((svg) => [...svg.querySelectorAll('text')].map((one) => one.textContent.trim()));
  const plain = await texts();
  await at.getByLabel('What happened meanwhile').check();
  const list = at.locator('ol.marks').first();
  await list.waitFor();
  equal(new URL(at.url()).searchParams.get('happened'), '1', 'the address');
  // The same as the register says: incidents by their beginning, changes by the moment they were made.
  const id = (await at.ask('GET', '/monitor?state=active,breached,answered&limit=1')).items[0].system;
  const since = new Date(Date.now() - 365 * 86400000).toISOString().slice(0, 10);
  const days = [];
  for (const [kind, field] of [['incident', 'occurred_at'], ['change', 'implemented_at']])
    for (const one of (await at.ask('GET', `/${kind}?system=${id}&limit=50&fields=title,${field}`)).items) if ((one[field] ?? '') >= since) days.push(one.key);
  const system = await at.ask('GET', `/ai_system/${id}`);
  const own = ['go_live', 'stopped_at'].filter((field) => (system[field] ?? '') >= since).map(() => system.key);
  equal(sorted(await list.locator('.key').allInnerTexts()), sorted([...days, ...own]), 'what is told');
  truth(days.length > 0, 'nothing happened to the system of the demo');
  truth(!plain.includes('1'), 'a number before anything is marked');
  await becomes(async () => (await texts()).filter((one) => /^\d+((, |–)\d+)?$/.test(one) && !plain.includes(one)).join(), /^1/, 'numbers in the picture');
  const faint = await chart.locator('svg').evaluate((svg) => [...svg.querySelectorAll('text')].filter((one) => one.textContent.trim() === '1').map((one) => one.getAttribute('opacity') ?? one.style.opacity));
  truth(faint.every((one) => one !== '0'), 'the number cannot be seen');
  await at.reload();
  await list.waitFor();
  equal(at.complaints.splice(0), [], 'what the page complained about');
  await at.context().close();
});
await test('live figures: a time is chosen for all of them by dragging or by its days, stands in the address, and Esc shows the whole again', async () => {
  const at = await signedIn(browser, 'lin');
  await visit(at, '/monitors?days=0');
  const first = at.locator('.many .panel').first();
  const chart = first.locator('.chart[data-ready=true]').first();
  await chart.waitFor();
  const box = await chart.boundingBox();
  await at.mouse.move(box.x + box.width * 0.5, box.y + box.height / 2);
  await at.mouse.down();
  await at.mouse.move(box.x + box.width * 0.7, box.y + box.height / 2, { steps: 4 });
  await first.locator('.drag').waitFor();
  await at.mouse.up();
  await becomes(async () => { const asked = new URL(at.url()).searchParams; return [asked.get('from'), asked.get('to')].every((one) => /^\d{4}-\d\d-\d\d$/.test(one ?? '')); }, true, 'the address');
  const { from, to } = Object.fromEntries(new URL(at.url()).searchParams);
  truth(from < to, `from ${from} to ${to}`);
  truth(!/ledger/.test(at.url()), 'a drag that ends on a point is no click on it');
  equal([await at.locator('#monitors-from').inputValue(), await at.locator('#monitors-to').inputValue()], [from, to], 'the fields of days');
  const key = await first.getAttribute('data-key');
  const inside = async (a, b) => (await at.ask('GET', `/monitors/${key}/series`)).points.filter((one) => one.from.slice(0, 10) >= a && one.from.slice(0, 10) <= b).length;
  const told = () => first.locator('.says .meta').innerText().then((text) => text.split(' ')[0]);
  await becomes(told, String(await inside(from, to)), 'windows of that time');
  await at.keyboard.press('Escape');
  await becomes(async () => new URL(at.url()).searchParams.has('from'), false, 'the whole again');
  // The same without a mouse.
  await at.locator('#monitors-from').focus();
  await at.keyboard.type(from);
  await at.keyboard.press('Tab');
  await at.locator('#monitors-to').focus();
  await at.keyboard.type(to);
  await at.keyboard.press('Tab');
  await becomes(async () => { const asked = new URL(at.url()).searchParams; return [asked.get('from'), asked.get('to')]; }, [from, to], 'the address');
  await becomes(told, String(await inside(from, to)), 'windows of that time');
  await at.reload();
  await becomes(told, String(await inside(from, to)), 'windows after a reload');
  await visit(at, `/monitors?from=${to}&to=${from}`);
  await at.getByText('The second day lies before the first.').waitFor();
  equal(at.complaints.splice(0), [], 'what the page complained about');
  await at.context().close();
});

await test('signals in text: what was measured as it was measured, a text of one\'s own, and what a system\'s texts had', async () => {
  const at = await signedIn(browser, 'lin');
  await visit(at, '/monitors');
  await at.locator('.tools a', { hasText: 'Signals in text' }).click();
  await at.locator('#unseen').waitFor();
  const told = await at.ask('GET', '/signals');
  const cells = (id) => at.locator(`section[data-part=${id}] table`).first().evaluate((table) => [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.innerText.replace(/\s+/g, ' ').trim())));
  const share = (one) => (one ? `${(100 * one.value).toFixed(1).replace(/\.0$/, '')} % ${[one.low, one.high].map((n) => (100 * n).toFixed(1).replace(/\.0$/, '')).join(' – ')} %, n = ${one.of.toLocaleString('en')}` : '–');
  const measured = told.rules.filter((one) => one.measured.some((m) => m.set === 'pii-synthetic'));
  equal((await cells('data')).map((row) => row.slice(2)), measured.map(({ measured: [m] }) => [share(m.recall), share(m.precision)]), 'personal data');
  equal((await cells('injection')).map((row) => row.slice(1)), told.injection.measured.map((m) => [share(m.recall), share(m.false_alarms)]), 'attacks');
  equal(await at.locator('section[data-part=unseen] li').count(), told.unseen.length, 'what it cannot see');
  // A text of one's own; the number of the card is not shown again.
  await at.locator('#try-text').fill('我的卡 4111 1111 1111 1111');
  await at.getByRole('button', { name: 'Look', exact: true }).click();
  const row = at.locator('section[data-part=try] tbody tr');
  await row.first().waitFor();
  equal(await row.evaluateAll((all) => all.map((one) => [...one.cells].map((cell) => cell.innerText))), [['Payment card', 'strong', '41•••••••••••••••11', '5 to 23']], 'the card');
  // The chatbot of the demo lets its texts be looked through.
  const bot = (await at.ask('GET', '/ai_system?q=chatbot')).items.find((one) => /chatbot/.test(one.title));
  await visit(at, `/k/ai_system/${bot.key}?tab=live`);
  await at.locator('h2', { hasText: 'Signals in its texts' }).waitFor();
  const { signals } = await at.ask('GET', `/systems/${bot.key}/metrics`);
  truth(signals.rules.some((one) => one.rule === 'leak.canary' && one.strong > 0), 'a planted word came out');
  const rows = await at.locator('[role=region][aria-label="Signals in its texts"] tbody').evaluate((body) => [...body.rows].map((one) => [one.cells[0].innerText, Number(one.cells[1].innerText)]));
  equal(rows, signals.rules.map((one) => [one.title, one.calls]), 'rules');
  equal(at.complaints, [], 'complaints');
  await at.context().close();
});

await browser.close();
done();
