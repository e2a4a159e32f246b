// SPDX-License-Identifier: Apache-2.0
// The first screen by role: what each sees first, that every number is the length of the list behind it, and that a
// day's work is finished from there by mouse and by keys alone.
import { readFileSync } from 'node:fs';
import { axePath, base, becomes, done, equal, open, settled, signedIn, test, truth, visit } from './browser.mjs';

const browser = await open();
const close = (...pages) => Promise.all(pages.map((page) => page.context().close()));
const complain = (page) => equal(page.complaints, [], 'what the page complained about');
const toast = (page) => page.locator('.toast').last();
const ROLES = { // who: the homes they see, in order
  lin: ['governance'], mei: ['governance'], chen: ['executive'], tom: ['risks'], priya: ['systems'], zhao: ['systems'],
  jon: ['audit'], claire: ['outside'], jie: ['staff'], kim: ['reviews', 'systems'], grace: ['reviews', 'systems', 'incidents'], sara: ['risks'],
};
const axe = readFileSync(axePath, 'utf8');
async function clean(page, where) {
  await page.evaluate(axe);
  const wrong = await page.evaluate(async () => (await globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })).violations.map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 160)}`));
  equal(wrong, [], `what axe found on ${where}`);
}
const tilesOn = (page) => page.locator('[data-tile]').evaluateAll((all) => all.map((one) => one.dataset.tile));

for (const [who, homes] of Object.entries(ROLES))
  await test(`today home of ${who}: the tiles of their roles, each number the length of its list`, async () => {
    const page = await signedIn(browser, who);
    const now = await page.ask('GET', '/home');
    equal(now.homes.map((one) => one.home), homes, 'homes, in their order');
    await visit(page, '/');
    const wanted = [...new Set(now.homes.flatMap((one) => one.tiles.filter((tile) => tile.part !== 'readiness').map((tile) => tile.tile)))].sort();
    equal([...new Set(await tilesOn(page))].sort(), wanted, 'tiles');
    for (const tile of now.homes.flatMap((one) => one.tiles)) {
      const lists = tile.registers ?? (tile.kind ? [{ kind: tile.kind, query: tile.query, n: tile.count }] : []);
      for (const one of lists) equal((await page.ask('GET', `/${one.kind}?${one.query}`)).total, one.n, `${tile.tile} of ${one.kind}`);
      if (tile.items) equal(tile.items.map((one) => one.key), (await page.ask('GET', `/${tile.kind}?${tile.query}&limit=5`)).items.map((one) => one.key), `the first of ${tile.tile}`);
      for (const group of tile.tally ?? []) {
        const link = page.locator(`[data-tile=${tile.tile}] .group a`).nth(tile.tally.indexOf(group));
        const href = new URL(await link.getAttribute('href'), base);
        equal((await page.ask('GET', `${href.pathname.replace('/k', '')}${href.search}`)).total, group.n, `a group of ${tile.tile}`);
      }
    }
    // A number is a link, and the list it leads to has as many rows.
    const count = page.locator('a.count').first();
    if (await count.count()) {
      const n = (await count.locator('b').innerText()).replace(/\D/g, '');
      await count.click();
      await page.waitForURL((url) => url.pathname !== '/');
      await settled(page);
      if (/^\/k\//.test(new URL(page.url()).pathname)) await becomes(async () => (await page.ask('GET', `${new URL(page.url()).pathname.replace('/k', '')}${new URL(page.url()).search}`)).total, Number(n), 'the list behind the first number');
    }
    complain(page);
    await close(page);
  });

await test('today order: what is lost by waiting first, as the engine says', async () => {
  const page = await signedIn(browser, 'lin');
  await visit(page, '/');
  for (let more = page.locator('.fold .link'); await more.count();) await more.first().click();
  const { items } = await page.ask('GET', '/tasks?limit=500&order=loss');
  const shown = await page.locator('#work .task').evaluateAll((all) => all.map((one) => one.querySelector('.key').textContent));
  equal(shown, items.map((one) => one.key), 'the order of the page');
  const rank = ['law', 'overdue', 'today', 'blocks', 'rest'];
  const ranks = items.map((one) => rank.indexOf(one.loses));
  equal(ranks, [...ranks].sort((a, b) => a - b), 'the order of what is lost');
  truth(items.some((one) => one.loses === 'blocks'), 'nobody waits for the AIMS manager');
  complain(page);
  await close(page);
});

await test('today shape: five pieces of work without scrolling at 1280 by 800, few calls, no jump', async () => {
  const page = await signedIn(browser, 'lin', { height: 800 });
  const asked = [];
  page.on('request', (r) => { if (/\/api\/v1\//.test(r.url()) && !/\/stream/.test(r.url())) asked.push(new URL(r.url()).pathname + new URL(r.url()).search); });
  await visit(page, '/');
  truth(await page.locator('#work .task').count() >= 5, 'there is too little work to see');
  const end = await page.locator('#work .task').nth(4).evaluate((one) => one.getBoundingClientRect().bottom);
  truth(end <= 800, `the fifth ends at ${end}`);
  truth(await page.locator('.act .btn').evaluateAll((all) => all.every((one) => one.getBoundingClientRect().right <= one.closest('.panel').getBoundingClientRect().right)), 'a button ends beyond its panel');
  truth(asked.length <= 10, `it asks ${asked.length} times: ${asked.join(' ')}`);
  // The numbers come late: what stands below them stays where it is.
  let release;
  const late = new Promise((go) => (release = go));
  await page.route('**/api/v1/home', async (route) => { await late; await route.continue(); });
  await page.route('**/api/v1/readiness**', async (route) => { await late; await route.continue(); });
  await page.reload();
  await page.locator('#work .task').first().waitFor();
  const before = await page.locator('#work').evaluate((one) => one.getBoundingClientRect().top);
  release();
  await settled(page);
  equal(await page.locator('#work').evaluate((one) => one.getBoundingClientRect().top), before, 'where the work begins');
  complain(page);
  await close(page);
});

await test('today narrow: one column at 390, nothing beyond the edge', async () => {
  for (const who of ['lin', 'chen', 'tom', 'grace', 'claire', 'jie']) {
    const page = await signedIn(browser, who, { width: 390, theme: who === 'grace' ? 'dark' : 'light' });
    await visit(page, '/');
    const wide = await page.locator('.page :is(.panel, .count, .task)').evaluateAll((all) => Math.max(...all.map((one) => one.getBoundingClientRect().right)));
    truth(wide <= 390, `${who}: something ends at ${wide}`);
    truth((await page.locator('.act .btn').evaluateAll((all) => all.every((one) => one.getBoundingClientRect().right <= one.closest('.panel').getBoundingClientRect().right))), `${who}: a button ends beyond its panel`);
    await clean(page, `the home of ${who} at 390`);
    await page.setViewportSize({ width: 1280, height: 900 });
    await clean(page, `the home of ${who}`);
    await page.setViewportSize({ width: 390, height: 900 });
    equal(await page.locator('.columns').evaluate((one) => getComputedStyle(one).gridTemplateColumns.split(' ').length), 1, 'columns');
    complain(page);
    await close(page);
  }
});

async function given(lin, ben, title) {
  const me = (await lin.ask('GET', '/session')).user.id;
  return ben.ask('POST', '/task', { title, owner: me });
}
await test('today work by mouse: a step is taken in its row, and the row goes', async () => {
  const lin = await signedIn(browser, 'lin'), ben = await signedIn(browser, 'ben');
  const made = await given(lin, ben, 'Count the chairs');
  await visit(lin, '/');
  for (let more = lin.locator('.fold .link'); await more.count();) await more.first().click();
  const row = lin.locator('#work .task', { hasText: made.key });
  await row.locator('.act button').click();
  await toast(lin).getByText(/^Now: /).waitFor();
  truth((await lin.ask('GET', `/task/${made.id}`)).state !== made.state, 'nothing happened');
  complain(lin);
  await close(lin, ben);
});
await test('today work by keys: down to a row, and the step it waits for', async () => {
  const lin = await signedIn(browser, 'lin'), ben = await signedIn(browser, 'ben');
  const made = await given(lin, ben, 'Count the tables');
  await visit(lin, '/');
  for (let more = lin.locator('.fold .link'); await more.count();) { await more.first().focus(); await lin.keyboard.press('Enter'); }
  await lin.locator('main').focus();
  const at = () => lin.evaluate(() => document.activeElement?.closest('.task')?.querySelector('.key')?.textContent ?? '');
  for (let n = 0; n < 200 && (await at()) !== made.key; n++) await lin.keyboard.press('j');
  equal(await at(), made.key, 'the row under the keys');
  await lin.keyboard.press('a');
  await toast(lin).getByText(/^Now: /).waitFor();
  truth((await lin.ask('GET', `/task/${made.id}`)).state !== made.state, 'nothing happened');
  complain(lin);
  await close(lin, ben);
});

await test('today otherwise: r, or its button, offers what else may be done; Escape leaves it; saying no comes first and asks why', async () => {
  const lin = await signedIn(browser, 'lin'), ben = await signedIn(browser, 'ben');
  const made = await given(lin, ben, 'Count the lamps');
  await visit(lin, '/');
  for (let more = lin.locator('.fold .link'); await more.count();) await more.first().click();
  const row = lin.locator('#work .task', { hasText: made.key });
  await row.locator('a.open').focus();
  await lin.keyboard.press('r');
  const dialog = lin.getByRole('dialog', { name: `Decide otherwise · ${made.key}` });
  await dialog.getByRole('button', { name: 'Cancel', exact: true }).waitFor();
  await clean(lin, 'the other ways');
  const named = await dialog.locator('li .btn').allInnerTexts();
  const may = (await lin.ask('GET', `/task/${made.id}/moves`)).moves.filter((one) => one.allowed).map((one) => one.title.en ?? one.title);
  equal(named.length, may.length - 1, `all but the one it waits for, of ${may}`);
  await lin.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  equal((await lin.ask('GET', `/task/${made.id}`)).state, made.state, 'after Escape');
  await row.hover();
  await row.getByRole('button', { name: `Decide otherwise: ${made.key}` }).click();
  await dialog.getByRole('button', { name: 'Cancel', exact: true }).click();
  const asks = lin.getByRole('dialog').filter({ hasNot: lin.getByText('Decide otherwise') });
  await asks.getByRole('textbox').first().fill('There are no lamps.');
  await asks.locator('button.main').click();
  await toast(lin).getByText(/^Now: /).waitFor();
  equal((await lin.ask('GET', `/task/${made.id}`)).state, 'cancelled', 'what became of it');
  complain(lin);
  await close(lin, ben);
});
await test('today others: since when it waits, and whom it waits for is reminded by a comment', async () => {
  const page = await signedIn(browser, 'lin');
  const others = await page.ask('GET', '/tasks?of=others&limit=50');
  const one = others.items.find((task) => task.turn?.waits_for.some((who) => who.person && !who.vacant));
  truth(one?.since, 'nothing of hers waits for a person by name');
  await visit(page, '/');
  const row = page.locator('#part-others .task', { hasText: one.key }).first();
  truth(/since /.test(await row.innerText()), 'since when it waits is not said');
  await row.getByRole('button', { name: 'Remind' }).click();
  const dialog = page.getByRole('dialog');
  truth(/@/.test(await dialog.locator('textarea').inputValue()), 'nobody is named');
  await page.keyboard.press('Control+Enter');
  await dialog.waitFor({ state: 'detached' });
  await toast(page).getByText(/^Told: /).waitFor();
  const comments = await page.ask('GET', `/${one.kind}/${one.id}/comments`);
  const person = one.turn.waits_for.find((who) => who.person && !who.vacant).person;
  truth(comments.items[0].body.includes(`@[${person}]`), 'the comment names nobody');
  complain(page);
  await close(page);
});

await test('today changed: since the last work of one\'s own before today, which only looking is not', async () => {
  const page = await signedIn(browser, 'lin');
  const { changed } = await page.ask('GET', '/home');
  const me = (await page.ask('GET', '/session')).user.id, { today } = await page.ask('GET', '/organisation');
  // By the whole ledger, read as an outsider would.
  let last;
  for (let from = 0, size = 1; from < size; from += 1000) {
    const page2 = await page.ask('GET', `/ledger/entries?from=${from}&limit=1000`);
    size = page2.size;
    for (const { n, leaf } of page2.entries)
      if (leaf.actor?.t === 'user' && leaf.actor.id === me && leaf.t.slice(0, 10) < today && !/^(auth|session|access|feed)\.|^(record|file)\.read$|^data\.export$/.test(leaf.act)) last = { n, at: leaf.t };
  }
  // A demo that was made today has nothing of an earlier day in its ledger, and says so; days that go by: tests/attack/home_visit.py.
  equal(changed.entry, last?.n, 'the entry of her last work before today');
  truth(changed.items.length && changed.items.every((one) => one.actor.id !== me && one.entry > (last?.n ?? -1)), 'something of her own, or older');
  equal(new Set(changed.items.map((one) => one.id)).size, changed.items.length, 'records that are told once');
  await visit(page, '/');
  truth((await page.locator('#part-changed .since').innerText()).includes(last ? `no. ${last.n}` : 'visit is an entry of your own'), 'the page does not say since when');
  equal(await page.locator('#part-changed time').count(), changed.items.length, 'sentences');
  if (changed.more) {
    await page.locator('#part-changed').getByRole('link', { name: 'Show more of it' }).click();
    await page.waitForURL(`${base}/changes`);
    await settled(page);
    truth(await page.locator('#part-changed time').count() >= changed.items.length, 'the page of all has fewer');
  }
  complain(page);
  await close(page);
});

await test('today many: of hundreds one sees the first, opens more where one stands, and is told that there are others', async () => {
  const page = await signedIn(browser, 'lin');
  const me = (await page.ask('GET', '/session')).user.id;
  for (let n = 0; n < 210; n++) await page.ask('POST', '/task', { title: `Of many ${n}`, owner: me, due: '2026-01-05' });
  await visit(page, '/');
  const rows = page.locator('#part-overdue .task'), more = page.locator('#part-overdue > ul > .fold:last-child .link');
  equal(await rows.count(), 40, 'rows at first');
  const all = Number(await page.locator('#part-overdue .part .num').innerText().then((text) => text.replace(/\D/g, '')));
  equal((await page.locator('#part-overdue .part .num').innerText()).includes('+'), true, 'that there are more than were asked for is not said');
  equal(await more.innerText(), `${all - 40} more`, 'how many more');
  await more.focus();
  await page.keyboard.press('Enter');
  await becomes(() => rows.count(), 140, 'rows after one asked for more');
  equal(await page.evaluate(() => [...document.querySelectorAll('#part-overdue .task a.open')].indexOf(document.activeElement)), 40, 'the first of those that came has the focus');
  truth(await page.locator('#work .cut').isVisible(), 'nothing says that only the first stand here');
  await clean(page, 'a day of hundreds');
  complain(page);
  await close(page);
});

if (process.env.PICTURES)
  for (const who of Object.keys(ROLES))
    for (const [lang, theme, width] of [['en', 'light', 1280], ['zh', 'light', 1280], ['en', 'dark', 1280], ['zh', 'light', 390]]) {
      const page = await signedIn(browser, who, { lang, theme, width });
      await visit(page, '/');
      await page.screenshot({ path: `${process.env.PICTURES}/today-${who}-${lang}-${theme}-${width}.png`, fullPage: width === 390 || who === 'lin' });
      await close(page);
    }
await browser.close();
done();
