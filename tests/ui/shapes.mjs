// SPDX-License-Identifier: Apache-2.0
// The shapes of a register: counts from the server, never rows; each number leads to the list that proves it; by
// keyboard. Then what a person is told on the day page, and whose calendar and day the clocks go by.
import { becomes, done, equal, open, settled, signedIn, test, truth, visit, base } from './browser.mjs';

const browser = await open();
const close = (...pages) => Promise.all(pages.map((page) => page.context().close()));
const complain = (page) => equal(page.complaints, [], 'what the page complained about');
const lin = await signedIn(browser, 'lin');
const kindOf = async (name) => (await lin.ask('GET', '/model')).kinds.find((one) => one.kind === name);
/** The questions to the interface about a kind, from now on. */
function heard(page, kind) {
  const all = [];
  page.on('request', (r) => { const url = new URL(r.url()); if (url.pathname === `/api/v1/${kind}`) all.push(url.searchParams); });
  return all;
}
const rowsShown = (page) => page.locator('tbody a.title').count();

await test('shapes map asks for numbers, and for rows only of the cell that is opened', async () => {
  const page = await signedIn(browser, 'tom');
  const asked = heard(page, 'risk');
  await visit(page, '/map');
  await page.locator('.cell.some').first().waitFor();
  truth(asked.length > 0 && asked.every((one) => one.has('tally')), `rows were asked for: ${asked.filter((one) => !one.has('tally')).join(' | ')}`);
  const { items } = await page.ask('GET', '/risk?limit=1000');
  const kind = await kindOf('risk');
  const { x, y, band } = kind.views.find((one) => one.shape === 'map');
  const ends = kind.states.filter((one) => one.end).map((one) => one.state);
  const placed = items.filter((r) => !ends.includes(r.state) && r[x] && r[y]);
  const shown = await page.locator('.map .cell.some').evaluateAll((all) => all.map((one) => [one.id, Number(one.querySelector('.n').textContent), one.querySelector('.word')?.textContent]));
  const scale = kind.fields.find((f) => f.name === band).of;
  for (const [id, n, word] of shown) {
    const there = placed.filter((r) => `cell-${r[x]}-${r[y]}` === id);
    equal(n, there.length, `risks in ${id}`);
    equal(word, scale[Math.max(...there.map((r) => scale.findIndex((one) => one.value === r[band])))].title.en, `the worst in ${id}`);
  }
  equal(shown.reduce((sum, [, n]) => sum + n, 0), placed.length, 'risks on the map');
  asked.length = 0;
  const [id, n] = shown[0];
  await page.locator(`#${id}`).click();
  await becomes(() => page.locator('.panel tbody tr .key').count(), n, 'rows of the cell');
  truth(asked.some((one) => !one.has('tally') && one.get(x) && one.get(y)), 'the rows are not those of the cell');
  complain(page);
  await close(page);
});

await test('shapes board: no card is wider than its column, however long the names in it', async () => {
  const page = await signedIn(browser, 'lin');
  await visit(page, '/k/risk?shape=board');
  await page.locator('[data-card]').first().waitFor();
  const over = await page.locator('.card').evaluateAll((all) => all.filter((card) => card.getBoundingClientRect().right > card.closest('[data-column]').getBoundingClientRect().right + 1).map((card) => card.innerText));
  equal(over, [], 'cards that hang over');
  await close(page);
});

await test('shapes board: columns with counts, the first cards, more on request, closed ones as numbers', async () => {
  const page = await signedIn(browser, 'lin');
  for (let at = 0; at < 15; at++) await page.ask('POST', '/task', { title: `Card ${String(at).padStart(2, '0')}`, tags: ['of the board'] });
  const { items } = await page.ask('GET', '/task?limit=1000');
  const kind = await kindOf('task');
  await visit(page, '/k/task');
  await page.getByRole('link', { name: 'Board', exact: true }).click();
  await page.waitForURL(/shape=board/);
  await page.locator('[data-card]').first().waitFor();
  for (const state of kind.states.filter((one) => !one.end)) {
    const n = items.filter((one) => one.state === state.state).length;
    await page.getByRole('region', { name: `${state.title.en}, ${n}`, exact: true }).waitFor();
  }
  const open = items.filter((one) => one.state === 'open').length;
  const column = page.getByRole('region', { name: `Open, ${open}`, exact: true });
  await becomes(() => column.locator('[data-card]').count(), 12, 'first cards');
  await column.getByRole('button', { name: `${open - 12} more` }).click();
  await becomes(() => column.locator('[data-card]').count(), Math.min(open, 24), 'cards after more');
  // From card to card, and to the next column, with the arrows; Enter opens.
  await column.locator('[data-card]').first().focus();
  await page.keyboard.press('ArrowDown');
  equal(await page.evaluate(() => [...document.activeElement.closest('ul').querySelectorAll('[data-card]')].indexOf(document.activeElement)), 1, 'the card below');
  await page.keyboard.press('ArrowRight');
  truth(!await column.evaluate((one) => one.contains(document.activeElement)), 'the arrow stays in the column');
  const key = await page.evaluate(() => document.activeElement.querySelector('.key').textContent);
  await page.keyboard.press('Enter');
  await page.waitForURL(new RegExp(`/k/task/${key}$`));
  // Filters stay from one shape to the next.
  await visit(page, '/k/task?tags=of+the+board&shape=board');
  await page.getByRole('region', { name: 'Open, 15', exact: true }).waitFor();
  await page.getByRole('link', { name: 'List', exact: true }).click();
  await settled(page);
  await becomes(() => rowsShown(page), 15, 'rows of the same filter');
  await visit(page, '/k/task?shape=board');
  const done = items.filter((one) => one.state === 'done').length;
  await page.locator('.ended a', { hasText: 'Done' }).click();
  await page.waitForURL(/state=done/);
  await settled(page);
  await becomes(() => rowsShown(page), done, 'closed ones as a list');
  complain(page);
  await close(page);
});

await test('shapes calendar: days with counts lead to their list; months turn; what is overdue stands out', async () => {
  const page = await signedIn(browser, 'lin');
  for (const [title, due] of [['One', '2031-05-14'], ['Two', '2031-05-14'], ['Three', '2031-06-02'], ['Long ago', '2020-03-10']]) await page.ask('POST', '/task', { title: `${title} of the calendar`, due });
  await visit(page, '/k/task?shape=calendar:2031-05');
  const day = (at) => page.locator(`[data-day="${at}"]`);
  await becomes(() => day('2031-05-14').locator('.sr').textContent(), /14 May 2031: 2 records/, 'what a day says');
  await becomes(() => page.locator('.some a', { hasText: 'of the calendar' }).count(), 2, 'titles in the month');
  equal(await page.locator('caption', { hasText: 'May 2031' }).count(), 1, 'the caption');
  // Days by the arrows, months by PageDown.
  await day('2031-05-14').focus();
  await page.keyboard.press('ArrowDown');
  await becomes(() => page.evaluate(() => document.activeElement.dataset.day), '2031-05-21', 'a week on');
  await page.keyboard.press('PageDown');
  await becomes(() => page.evaluate(() => document.activeElement?.dataset.day), '2031-06-01', 'the next month');
  await page.waitForURL(/shape=calendar:2031-06/);
  await becomes(() => day('2031-06-02').locator('.sr').textContent(), /1 record$/, 'the next month');
  await page.keyboard.press('ArrowLeft');
  await becomes(() => page.evaluate(() => document.activeElement?.dataset.day), '2031-05-31', 'back over the edge');
  await day('2031-05-14').click();
  await page.waitForURL(/due=2031-05-14/);
  await settled(page);
  await becomes(() => rowsShown(page), 2, 'rows of the day');
  await visit(page, '/k/task?shape=calendar:2020-03');
  await becomes(() => day('2020-03-10').locator('.sr').textContent(), /some overdue/, 'what is overdue');
  await page.ask('POST', '/task', { title: 'Some day' });
  await page.reload();
  const undated = (await page.ask('GET', '/task?due.empty=1&limit=1')).total;
  await page.getByRole('link', { name: `${undated} without a date` }).click();
  await page.waitForURL(/due.empty=1/);
  complain(page);
  await close(page);
});

await test('shapes matrix: every number is the list that proves it', async () => {
  const page = await signedIn(browser, 'lin');
  const asked = heard(page, 'risk');
  await visit(page, '/k/risk?shape=matrix');
  const cell = page.locator('tbody [data-at]').and(page.locator('a')).first();
  const n = Number(await cell.innerText());
  truth(asked.every((one) => one.has('tally') || one.get('limit') === '1'), 'rows were asked for');
  equal(Number(await page.locator('tfoot td').last().innerText()), (await page.ask('GET', '/risk?limit=1')).total, 'all together');
  const at = await cell.getAttribute('data-at');
  await cell.focus();
  await page.keyboard.press('ArrowDown');
  truth(await page.evaluate((was) => document.activeElement.dataset.at !== was, at), 'the arrow stays in the cell');
  await cell.click();
  await settled(page);
  await becomes(() => rowsShown(page), n, 'rows of the cell');
  complain(page);
  await close(page);
});

/** What a coverage must show, from the records themselves. */
async function coverageOf(page, filter = () => true) {
  const kind = (await page.ask('GET', '/model')).kinds.find((one) => one.kind === 'audit');
  const { done } = kind.views.find((one) => one.shape === 'coverage');
  const planned = kind.states.filter((one) => !one.end && !done.includes(one.state)).map((one) => one.state);
  const { items } = await page.ask('GET', '/audit?limit=1000');
  const of = (row, year, area) => {
    const there = items.filter((one) => filter(one) && (one.criteria ?? []).includes(`iso-42001:${row}`) && String(one.starts_on ?? '').startsWith(`${year}-`) && (area === undefined || (one.area ?? null) === area));
    return `${there.filter((one) => done.includes(one.state)).length}/${there.filter((one) => planned.includes(one.state)).length}`;
  };
  return { items, of, rows: (await page.ask('GET', '/frameworks/iso-42001')).rows.map((one) => one.id) };
}
/** Every cell as `done/planned`, by row. */
const cellsOf = (page) => page.locator('.coverage tr[data-row]').evaluateAll((all) => Object.fromEntries(all.map((tr) => [tr.dataset.row.replace('iso-42001:', ''), [...tr.querySelectorAll('td')].map((td) => `${td.querySelector('a.done')?.innerText.trim() ?? 0}/${td.querySelector('a.planned')?.innerText.trim() ?? 0}`)])));
const kept = async (page, button) => {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: button, exact: true }).click()]);
  const file = await (await import('node:fs/promises')).readFile(await download.path(), 'utf8');
  return { name: download.suggestedFilename(), bom: file.charCodeAt(0) === 0xfeff, lines: file.slice(1).trimEnd().split('\r\n') };
};

await test('shapes coverage: every row there is, by year; what nobody audited or planned stands out', async () => {
  const page = await signedIn(browser, 'jon');
  const year = new Date().getUTCFullYear();
  const years = [year - 1, year, year + 1];
  const off = await page.ask('POST', '/audit', { title: 'Called off', criteria: ['iso-42001:9.3.2'], starts_on: `${year}-05-05` });
  await page.ask('POST', `/audit/${off.id}/moves/call_off`, { reason: 'Not now.' });
  await page.ask('POST', '/audit', { title: 'Some day', criteria: ['iso-42001:9.3.2'] });
  const asked = heard(page, 'audit');
  await visit(page, '/k/audit?shape=coverage');
  await page.locator('.coverage tr[data-row]').first().waitFor();
  truth(asked.every((one) => one.has('tally') || one.get('limit') === '1'), 'rows were asked for');
  const { of, rows } = await coverageOf(page);
  const shown = await cellsOf(page);
  equal(Object.keys(shown), rows, 'rows');
  for (const row of rows) equal(shown[row], years.map((one) => of(row, one)), `numbers of ${row}`);
  const statement = await page.ask('GET', '/soa?framework=iso-42001');
  const out = statement.rows.filter((one) => !one.applicable || (one.entry?.state === 'excluded' && !one.changed)).map((one) => one.row);
  truth(out.length > 0, 'nothing is left out, and nothing is tested by it');
  const gaps = rows.filter((row) => !out.includes(row) && years.every((one) => of(row, one) === '0/0'));
  truth(gaps.includes('9.3.2'), 'what was called off covers something');
  equal(await page.locator('.coverage tr.gap').evaluateAll((all) => all.map((one) => one.dataset.row.slice(10))), gaps, 'rows that stand out');
  equal(await page.locator('.coverage tr.out').evaluateAll((all) => all.map((one) => one.dataset.row.slice(10))), out, 'rows that are left out');
  await page.getByText(`${gaps.length} of ${rows.length - out.length} rows neither done nor planned in ${years[0]}–${years[2]}`).waitFor();
  await page.getByRole('rowheader', { name: /^9\.3\.2 .*Neither done nor planned$/ }).waitFor();
  await page.getByRole('rowheader', { name: /^A\.10\.4 .*Not applicable; not signed yet$/ }).waitFor();
  // The records of a number, by keyboard from cell to cell.
  const cell = page.locator('.coverage [data-row="iso-42001:5.1"] a.done').first();
  const n = Number(await cell.innerText());
  await cell.focus();
  await page.keyboard.press('ArrowDown');
  truth(await page.evaluate(() => document.activeElement.closest('tr').dataset.row === 'iso-42001:5.2'), 'the arrow does not go down');
  await cell.click();
  await page.waitForURL(/criteria=iso-42001:5\.1/);
  await settled(page);
  await becomes(() => rowsShown(page), n, 'rows of the cell');
  // What no year holds is told and is a list.
  await visit(page, '/k/audit?shape=coverage');
  const undated = (await page.ask('GET', '/audit?starts_on.empty=1&limit=1')).total;
  await page.getByRole('link', { name: `${undated} without a date` }).click();
  await page.waitForURL(/starts_on.empty=1/);
  // As it is planned it stands out no more.
  await page.ask('POST', '/audit', { title: 'Review of management', criteria: ['iso-42001:9.3.2'], starts_on: `${year + 1}-05-05`, area: (await page.ask('GET', '/org_unit?limit=1')).items[0].id });
  await visit(page, '/k/audit?shape=coverage');
  await becomes(() => page.locator('.coverage tr.gap').count(), gaps.length - 1, 'rows that stand out after planning');
  await page.getByRole('button', { name: 'Show only these' }).click();
  await page.waitForURL(/shape=coverage:,gaps/);
  await becomes(() => page.locator('.coverage tr[data-row]').count(), gaps.length - 1, 'only what stands out');
  await page.getByRole('button', { name: 'A year earlier' }).click();
  await page.waitForURL(new RegExp(`shape=coverage:${year - 2},gaps`));
  await page.getByText(`in ${year - 2}–${year}`, { exact: false }).first().waitFor();
  complain(page);
  await close(page);
});

await test('shapes coverage by area, of one programme, as a file and in Chinese', async () => {
  const page = await signedIn(browser, 'jon');
  const year = new Date().getUTCFullYear();
  const years = [year - 1, year, year + 1];
  await visit(page, '/k/audit?shape=coverage');
  await page.getByRole('checkbox', { name: 'By audited area' }).check();
  await page.waitForURL(/shape=coverage:,by/);
  await page.locator('.coverage th[scope="colgroup"]').first().waitFor();
  const { of, rows, items } = await coverageOf(page);
  const { tally } = await page.ask('GET', `/audit?tally=area&starts_on.gte=${years[0]}-01-01&starts_on.lte=${years[2]}-12-31`);
  const areas = tally.map((one) => one.x);
  truth(areas.length > 1 && areas.includes(null), 'one area is no second axis');
  await page.getByRole('columnheader', { name: 'Whole organisation' }).waitFor();
  const crossed = await cellsOf(page);
  for (const row of rows) equal(crossed[row], areas.flatMap((area) => years.map((one) => of(row, one, area))), `numbers of ${row} by area`);
  const file = await kept(page, 'As CSV');
  equal([file.name, file.bom, file.lines.length], [`audit-${years[0]}-${years[2]}.csv`, true, rows.length + 1], 'the file');
  equal(file.lines[rows.indexOf('9.3.2') + 1].split(',').slice(-areas.length * 6), areas.flatMap((area) => years.flatMap((one) => of('9.3.2', one, area).split('/'))), 'a row of the file');
  // The programme leads here, with its own years and audits.
  const programme = await page.ask('GET', '/audit_programme/AUP-0001');
  await visit(page, '/k/audit_programme/AUP-0001');
  await page.getByRole('link', { name: 'Coverage of audits' }).click();
  await page.waitForURL(new RegExp(`programme=${programme.id}&shape=coverage$`));
  const from = Number(programme.period_from.slice(0, 4));
  const spans = Array.from({ length: Number(programme.period_to.slice(0, 4)) - from + 1 }, (_, at) => from + at);
  await becomes(() => page.locator('.coverage thead th[scope="col"]').allInnerTexts(), ['Audit criteria', ...spans.map(String)], 'years of the programme');
  const own = await coverageOf(page, (one) => one.programme === programme.id);
  truth(items.length > own.items.filter((one) => one.programme === programme.id).length, 'every audit is of the programme');
  const shown = await cellsOf(page);
  for (const row of rows) equal(shown[row], spans.map((one) => own.of(row, one)), `numbers of ${row} in the programme`);
  complain(page);
  await close(page);
  const chinese = await signedIn(browser, 'jon', { lang: 'zh' });
  await visit(chinese, '/k/audit?shape=coverage');
  await chinese.getByRole('rowheader', { name: /^A\.10\.4 .*不适用；尚未签署$/ }).waitFor();
  await chinese.getByText(/行中有 \d+ 行在 \d{4}–\d{4} 年既未完成也未计划/).waitFor();
  equal((await kept(chinese, '导出 CSV')).lines[0].split(',').slice(0, 3), ['审核准则', '标题', '说明'], 'words of the file');
  complain(chinese);
  await close(chinese);
});

await test('shapes grid: who has which part in what, who holds the role now, and what is missing', async () => {
  const page = await signedIn(browser, 'lin');
  const fresh = await page.ask('POST', '/process', { title: 'Grid of its own', responsibilities: [{ activity: '=Twice', role: 'assessor', part: 'a' }, { activity: '=Twice', role: 'dpo', part: 'a' }, { activity: 'Never', role: 'dpo', part: 'i' }] });
  const bare = await page.ask('POST', '/process', { title: 'Bare of all' });
  await visit(page, '/k/process');
  await page.getByRole('link', { name: 'Responsibilities (RACI)' }).click();
  await page.waitForURL(/shape=grid/);
  await page.locator('.grid tr[data-line]').first().waitFor();
  const ends = (await kindOf('process')).states.filter((one) => one.end).map((one) => one.state);
  const { items } = await page.ask('GET', '/process?limit=1000');
  const living = items.filter((one) => !ends.includes(one.state));
  // Every letter that stands there is a row of a record, and every row stands there.
  const heads = await page.locator('.grid thead th .head').allInnerTexts();
  const roles = Object.fromEntries((await page.ask('GET', '/model')).roles.map((one) => [one.role, one.title.en]));
  const shown = await page.locator('.grid tbody').evaluateAll((all) => all.flatMap((body) => [...body.querySelectorAll('tr[data-line]')].flatMap((tr) => [...tr.querySelectorAll('td')].flatMap((td, at) => [...td.querySelectorAll('a')].map((a) => `${body.querySelector('.key').innerText} ${tr.dataset.line} ${at} ${a.innerText}`)))));
  const meant = living.flatMap((one) => (one.responsibilities ?? []).map((row) => `${one.key} ${row.activity} ${heads.indexOf(roles[row.role])} ${row.part.toUpperCase()}`));
  equal([...shown].sort(), [...meant].sort(), 'letters');
  // Activities without exactly one who answers for them.
  const activities = living.flatMap((one) => [...new Set((one.responsibilities ?? []).map((row) => row.activity))].map((name) => one.responsibilities.filter((row) => row.activity === name && row.part === 'a').length));
  const wrong = activities.filter((n) => n !== 1).length;
  truth(wrong >= 2, 'nothing is wrong');
  await page.getByText(`${wrong} of ${activities.length} rows without exactly one “Accountable”`).waitFor();
  await page.getByRole('rowheader', { name: '=Twice 2 roles are “Accountable”' }).waitFor();
  await page.getByRole('rowheader', { name: 'Never No role is “Accountable”' }).waitFor();
  await page.getByRole('rowheader', { name: new RegExp(`^${bare.key} Bare of all .*Nothing is written here yet$`) }).waitFor();
  // Who holds a role: assignments in force, nothing else.
  const { items: given } = await page.ask('GET', '/assignment?state=active&limit=1000');
  const people = new Set(given.filter((one) => one.role === 'aims_manager' && one.person).map((one) => one.person));
  equal(await page.locator('.grid thead th', { hasText: 'AIMS manager' }).locator('.who a').count(), people.size, 'who holds it');
  truth(!given.some((one) => one.role === 'assessor'), 'somebody is assigned as assessor');
  await page.locator('.grid thead th.empty', { hasText: 'Assessor' }).getByRole('link', { name: 'Nobody' }).waitFor();
  const file = await kept(page, 'As CSV');
  const line = file.lines.find((one) => one.includes('=Twice'));
  truth(line.startsWith(`${fresh.key},Grid of its own,'=Twice,2 roles are “Accountable”`), `the file is not guarded: ${line}`);
  equal(file.lines.length, 2 + new Set(meant.map((one) => one.split(/ \d+ [A-Z]$/)[0])).size + living.filter((one) => !(one.responsibilities ?? []).length).length, 'lines of the file');
  // By keyboard, and on to the record.
  const letter = page.locator('.grid tr[data-line="=Twice"] a.letter').first();
  await letter.focus();
  await page.keyboard.press('ArrowDown');
  truth(await page.evaluate(() => document.activeElement.closest('tr').dataset.line === 'Never'), 'the arrow does not go down');
  await letter.click();
  await page.waitForURL(new RegExp(`/k/process/${fresh.key}$`));
  // It is not approved like this: the record says why.
  const refused = await page.ask('GET', `/process/${fresh.key}/moves`);
  truth(JSON.stringify(refused).includes('has not exactly one'), 'nothing is said about who answers');
  // Records by two of their references: what nobody is named for stands there, too.
  await visit(page, '/k/assignment?shape=grid');
  await page.locator('.grid tr[data-line]').first().waitFor();
  const { items: systems } = await page.ask('GET', '/ai_system?limit=1000');
  const over = (await kindOf('ai_system')).states.filter((one) => one.end).map((one) => one.state);
  for (const one of systems.filter((s) => !over.includes(s.state))) {
    const row = page.locator(`.grid tr[data-line="${one.id}"]`);
    equal(await row.locator('td a:not(.vacant)').count(), given.filter((g) => g.system === one.id && g.person).length, `who holds a role for ${one.title}`);
  }
  truth(await page.getByText('Nobody holds a role for it').count() > 0, 'no system is without anybody');
  // A number against what is needed: who has which skill at which level, and what falls short or has lapsed.
  await visit(page, '/k/competence?shape=grid');
  await page.locator('.grid tr[data-line]').first().waitFor();
  const { items: shownSkills } = await page.ask('GET', '/competence?limit=1000');
  const skillStates = (await kindOf('competence')).states;
  const held = shownSkills.filter((one) => !skillStates.find((state) => state.state === one.state).end);
  const levels = held.map((one) => `${one.evidenced_level ?? '–'} / ${one.required_level}`);
  equal((await page.locator('.grid tr[data-line] td a').allInnerTexts()).sort(), levels.sort(), 'levels');
  const gone = held.filter((one) => (one.evidenced_level ?? 0) < one.required_level || ['bad', 'high', 'rejected'].includes(skillStates.find((state) => state.state === one.state).tone)).length;
  truth(gone > 0 && gone < held.length, 'nobody falls short, or everybody');
  equal(await page.locator('.grid td a.vacant').count(), gone, 'those that fall short');
  await page.getByText(new RegExp(`^${gone} of ${held.length} falls? short of what is needed, or lapsed$`)).waitFor();
  complain(page);
  await close(page);
  const chinese = await signedIn(browser, 'lin', { lang: 'zh' });
  await visit(chinese, '/k/process?shape=grid');
  await chinese.getByRole('rowheader', { name: '=Twice 有 2 个角色是“担责”' }).waitFor();
  complain(chinese);
  await close(chinese);
});

await test('shapes tree: units under units, folded and opened by the arrows', async () => {
  const page = await signedIn(browser, 'lin');
  await visit(page, '/k/org_unit?shape=tree');
  const { items } = await page.ask('GET', '/org_unit?limit=1000');
  const leaves = page.getByRole('treeitem');
  await becomes(() => leaves.count(), items.length, 'units');
  for (const one of items) equal(Number(await page.locator(`#leaf-${one.id}`).getAttribute('aria-level')), one.parent ? 1 + Number(await page.locator(`#leaf-${one.parent}`).getAttribute('aria-level')) : 1, `the level of ${one.title}`);
  const root = items.find((one) => !one.parent && items.some((other) => other.parent === one.id));
  const leaf = page.locator(`#leaf-${root.id}`);
  await leaf.focus();
  await page.keyboard.press('ArrowLeft');
  equal(await leaf.getAttribute('aria-expanded'), 'false', 'folded');
  truth(await leaves.count() < items.length, 'nothing is folded away');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  const below = await page.evaluate(() => document.activeElement.id.slice('leaf-'.length));
  equal(items.find((one) => one.id === below)?.parent, root.id, 'the first below it');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/k\/org_unit\/ORG-/);
  complain(page);
  await close(page);
});

await test('shapes timeline: a kind of the organisation’s own has one by its file alone', async () => {
  const page = await signedIn(browser, 'lin');
  await page.ask('POST', '/x_stay', { title: 'Short', first: '2030-01-01', last: '2030-01-31' });
  await page.ask('POST', '/x_stay', { title: 'Without an end', first: '2030-02-01' });
  await page.ask('POST', '/x_stay', { title: 'Without a beginning' });
  await visit(page, '/k/x_stay');
  await page.getByRole('link', { name: 'Timeline', exact: true }).click();
  await becomes(() => page.locator('.timeline li').count(), 2, 'stretches');
  await page.getByText('1 Jan 2030 to 31 Jan 2030').first().waitFor({ state: 'attached' });
  await page.getByText('from 1 Feb 2030 on').first().waitFor({ state: 'attached' });
  await page.getByRole('link', { name: '1 without a date' }).click();
  await page.waitForURL(/first.empty=1/);
  await settled(page);
  await becomes(() => rowsShown(page), 1, 'rows without a date');
  complain(page);
  await close(page);
});

await test('shapes none: a register without views is a list, and an unknown shape in the address too', async () => {
  const page = await signedIn(browser, 'lin');
  await visit(page, '/k/evidence?shape=board');
  equal(await page.getByRole('navigation', { name: 'Ways to look at it' }).count(), 0, 'ways');
  await page.locator('tbody a.title').first().waitFor();
  complain(page);
  await close(page);
});

// ---- what somebody is told, and by whose calendar clocks go
await test('shapes notices stand on Today until they are seen, one or all', async () => {
  const page = await signedIn(browser, 'lin');
  await becomes(async () => (await page.ask('GET', '/notices')).items.length > 0, true, 'there is a notice');
  const before = (await page.ask('GET', '/notices')).items;
  await visit(page, '/');
  const part = page.locator('#part-notices');
  await becomes(() => part.locator('li').count(), before.length, 'notices');
  const one = before[0];
  await part.getByRole('link', { name: one.title }).first().waitFor();
  await page.getByRole('button', { name: new RegExp(`\\b${one.key}\\b`) }).and(part.getByRole('button')).first().click();
  await becomes(() => part.locator('li').count(), before.length - 1, 'notices after one is seen');
  await becomes(async () => (await page.ask('GET', '/notices')).items.some((n) => n.id === one.id), false, 'the notice that was seen');
  if (before.length > 1) await part.locator('header button').click();
  await becomes(() => part.count(), 0, 'the part of the page');
  await page.reload();
  await settled(page);
  equal(await part.count(), 0, 'the part after a reload');
  truth((await page.ask('GET', '/notices?all=1')).items.some((n) => n.id === one.id && n.seen), 'what was seen is kept');
  complain(page);
  await close(page);
});

await test('shapes settings: an administrator changes calendar and zone, and a clock shows the new day', async () => {
  const pat = await signedIn(browser, 'pat');
  const page = await signedIn(browser, 'lin');
  const kind = await kindOf('ai_system');
  const full = (await page.ask('GET', '/ai_system?limit=100')).items.find((one) => one.state === 'operating');
  const wanted = Object.fromEntries(kind.fields.filter((f) => !f.computed && !f.envelope && f.required_from?.includes('intake_review') && full[f.name] !== undefined).map((f) => [f.name, full[f.name]]));
  const system = await page.ask('POST', '/ai_system', { ...wanted, title: 'By whose calendar' });
  await page.ask('POST', `/ai_system/${system.id}/moves/submit`, {});
  const by = async () => (await page.ask('GET', `/ai_system/${system.id}`)).intake_by;
  // All clocks are computed anew within a minute; one that is written meanwhile is at once.
  let turn = 0;
  const write = async (kind, id) => {
    const { version } = await page.ask('GET', `/${kind}/${id}`);
    await page.api('PATCH', `/${kind}/${id}`, { tags: [`turn ${turn++}`] }, { 'if-match': `"${version}"` });
  };
  const first = await by();
  truth(first, 'the clock runs');
  const shown = async () => {
    await visit(page, `/k/ai_system/${system.key}`);
    return (await page.locator('#field-intake_by').innerText()).replace(/\s+/g, ' ');
  };
  const before = await shown();
  await visit(pat, '/settings');
  await pat.locator('#calendar').selectOption('x_mondays');
  await pat.getByRole('button', { name: 'Set the calendar' }).click();
  await pat.locator('.toast', { hasText: 'Mondays alone' }).waitFor();
  await becomes(async () => { await write('ai_system', system.id); return (await by()) > first; }, true, 'the clock by Mondays alone');
  const later = await by();
  truth((new Date(later) - new Date(first)) / 86_400_000 > 40, `ten Mondays are hardly later: ${first}, ${later}`);
  truth(await shown() !== before, 'the page shows the former day');
  // A day that ends in another zone ends at another moment.
  const risk = (await page.ask('GET', '/risk?limit=1')).items[0];
  const treatment = await page.ask('POST', '/treatment', { title: 'By whose day', risk: risk.id, due: '2031-05-14' });
  const done = async () => (await page.ask('GET', `/treatment/${treatment.id}`)).done_by;
  const zone = (await page.ask('GET', '/organisation')).zone;
  truth((await done()).startsWith('2031-05-14T'), 'the day ends in the zone of the organisation');
  await pat.locator('#zone').fill('Pacific/Kiritimati');
  await pat.getByRole('button', { name: 'Set the time zone' }).click();
  await pat.locator('.toast', { hasText: 'Pacific/Kiritimati' }).waitFor();
  await becomes(async () => { await write('treatment', treatment.id); return done(); }, /^2031-05-14T09:59:59/, 'the end of that day in Kiritimati');
  await pat.getByText('Pacific/Kiritimati').first().waitFor();
  await pat.locator('#zone').fill(zone);
  await pat.getByRole('button', { name: 'Set the time zone' }).click();
  await becomes(async () => (await page.ask('GET', '/organisation')).zone, zone, 'the zone as it was');
  // Who may not set it reads it.
  const tom = await signedIn(browser, 'ben');
  await visit(tom, '/settings');
  await tom.getByText('Mondays alone').first().waitFor();
  equal(await tom.locator('#calendar').count(), 0, 'a box for whoever may not set it');
  complain(page);
  complain(pat);
  await close(pat, page, tom);
});

await test('shapes keeping: what need not be kept any longer is marked, and a task of who redacts until a hold', async () => {
  const sara = await signedIn(browser, 'sara');
  const over = await sara.ask('POST', '/x_paper', { title: 'Scoring of 2020', words: 'Found fair', decided_on: '2020-01-01' });
  await sara.ask('POST', '/x_paper', { title: 'Not yet decided', words: 'Open' });
  const anna = await signedIn(browser, 'anna');
  await visit(anna, '/');
  const task = anna.locator('li.task', { hasText: over.key });
  await task.getByText('Need not be kept any longer').waitFor();
  await visit(anna, '/k/x_paper');
  const row = anna.locator('tbody tr', { hasText: over.key });
  await row.locator('.warn-text', { hasText: /need not be kept any longer:\s*1 Jan 2023/ }).waitFor();
  await row.getByText('Time over').waitFor();
  await visit(anna, `/k/x_paper/${over.key}`);
  await anna.locator('#field-kept_until_standing', { hasText: 'Time over' }).waitFor();
  await anna.ask('POST', `/x_paper/${over.id}/hold`, { reason: 'A case is pending' });
  await anna.locator('#field-kept_until_standing', { hasText: 'Legal hold' }).waitFor();
  await visit(anna, '/');
  equal(await anna.locator('li.task', { hasText: over.key }).count(), 0, 'tasks under hold');
  complain(anna);
  await close(sara, anna);
});

await close(lin);
await browser.close();
done();
