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
