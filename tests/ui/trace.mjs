// SPDX-License-Identifier: Apache-2.0
// The trace: from anywhere to the first gap with two keys, along its links by arrows, as a list, what fails with a
// record, and what it says to whoever does not see the picture.
import { becomes, done, equal, open, settled, signedIn, test, truth, visit } from './browser.mjs';

const browser = await open();
const close = (page) => page.context().close();
const complain = (page) => equal(page.complaints, [], 'what the page complained about');
const focused = (page) => page.evaluate(() => document.activeElement?.id.replace(/^trace-/, '') ?? '');
const said = (page) => page.locator('.trace [aria-live]').innerText();
const nodes = (trace) => new Map(trace.nodes.map((node) => [node.id, node]));

await test('journey 19: risks without evidence', async () => {
  const page = await signedIn(browser, 'lin');
  const whole = await page.ask('GET', '/trace?depth=3');
  truth(whole.gaps > 3, `the demo has ${whole.gaps} gaps`);
  await visit(page, '/');
  let keys = 0;
  const key = async (name) => { keys++; await page.keyboard.press(name); };
  await key('g');
  await key(']');
  await page.waitForURL(/\/trace/);
  await becomes(() => page.locator('.gap-count').innerText(), `Gap 1 of ${whole.gaps}`, 'where one stands');
  equal(keys, 2, 'keys from the first screen to the first gap');
  const all = nodes(whole);
  await becomes(() => said(page), /^Gap 1 of \d+: [A-Z]+-\d+ /, 'what is said');
  const met = new Set();
  for (let n = 1; n <= whole.gaps; n++) {
    const id = await focused(page);
    truth(all.get(id)?.gaps.length > 0, `gap ${n} stands at ${id || 'nothing'}`);
    met.add(id);
    truth(await page.evaluate(() => { const box = document.activeElement.getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight; }), `gap ${n} is out of sight`);
    if (n < whole.gaps) {
      await page.keyboard.press(']');
      await becomes(() => page.locator('.gap-count').innerText(), `Gap ${n + 1} of ${whole.gaps}`, 'the next one');
    }
  }
  equal([...met].sort(), whole.nodes.filter((node) => node.gaps.length).map((node) => node.id).sort(), 'records with a gap, each met');
  await page.keyboard.press(']');
  await becomes(() => page.locator('.gap-count').innerText(), `Gap 1 of ${whole.gaps}`, 'round again');
  await page.keyboard.press('[');
  await becomes(() => page.locator('.gap-count').innerText(), `Gap ${whole.gaps} of ${whole.gaps}`, 'and back');
  complain(page);
  await close(page);
});

await test('trace arrows follow the links, Enter opens', async () => {
  const page = await signedIn(browser, 'lin');
  const whole = await page.ask('GET', '/trace?depth=3');
  const edge = whole.edges.find((one) => nodes(whole).get(one.from).kind === 'ai_system');
  await visit(page, '/trace');
  await page.locator(`#trace-${edge.from}`).focus();
  await page.keyboard.press('ArrowRight');
  const to = await focused(page);
  truth(whole.edges.some((one) => one.from === edge.from && one.to === to), 'right leads to what it rests on');
  await page.keyboard.press('ArrowLeft');
  const back = await focused(page);
  truth(whole.edges.some((one) => one.from === back && one.to === to), 'left leads back along a link');
  equal(await page.locator('.graph a[tabindex="0"]').count(), 1, 'places of the picture in the order of Tab');
  await page.keyboard.press('Home');
  const first = nodes(whole).get(await focused(page));
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.pathname === `/k/${first.kind}/${first.key}`);
  complain(page);
  await close(page);
});

await test('trace of a record from its menu, deeper and less deep', async () => {
  const page = await signedIn(browser, 'lin');
  const whole = await page.ask('GET', '/trace?depth=3');
  const risk = nodes(whole).get(whole.edges.find((one) => one.field === 'controls').from);
  await visit(page, `/k/${risk.kind}/${risk.key}`);
  await page.getByRole('button', { name: 'More for this record' }).click();
  await page.getByRole('menuitem', { name: 'Trace' }).click();
  await page.waitForURL(`**/trace/${risk.kind}/${risk.key}`);
  await settled(page);
  for (const depth of [1, 2]) {
    const asked = await page.ask('GET', `/${risk.kind}/${risk.id}/trace?depth=${depth}`);
    await page.keyboard.press(String(depth));
    await becomes(() => page.locator('.graph a').count(), asked.nodes.length, `records at depth ${depth}`);
  }
  equal(await page.locator('.graph a.root').count(), 1, 'the record it is around');
  complain(page);
  await close(page);
});

await test('trace what fails if this fails', async () => {
  const page = await signedIn(browser, 'lin');
  const whole = await page.ask('GET', '/trace?depth=3');
  const before = (id, found = new Set()) => {
    for (const one of whole.edges) if (one.to === id && !found.has(one.from)) { found.add(one.from); before(one.from, found); }
    return found;
  };
  const control = whole.nodes.filter((node) => node.kind === 'soa_entry').sort((a, b) => before(b.id).size - before(a.id).size)[0];
  const fails = before(control.id);
  truth(fails.size > 1, 'a control that nothing rests on');
  await visit(page, '/trace');
  await page.keyboard.press('i');
  await page.locator(`#trace-${control.id}`).click();
  equal(new URL(page.url()).pathname, '/trace', 'choosing leads nowhere');
  equal((await page.locator('.graph a.falls').evaluateAll((all) => all.map((one) => one.id.replace('trace-', '')))).sort(), [...fails].sort(), 'what is marked');
  // In words as well, each of them and the sum.
  equal(await page.locator('.graph a', { hasText: 'Fails with it' }).count(), fails.size, 'marked in words');
  truth((await page.locator('.note.impact').innerText()).startsWith(`If ${control.key} fails, this fails with it: `), 'the sum');
  await becomes(() => said(page), new RegExp(`^If ${control.key} fails`), 'what is said');
  await page.keyboard.press('Escape');
  equal(await page.locator('.graph a.falls').count(), 0, 'marks that stay');
  complain(page);
  await close(page);
});

await test('trace only what leads to a gap', async () => {
  const page = await signedIn(browser, 'lin');
  await visit(page, '/trace');
  const all = await page.locator('.graph a').count();
  const count = await page.locator('.gap-count').innerText();
  await page.getByLabel('Only what leads to a gap').check();
  await page.waitForURL(/only=gaps/);
  const less = await page.locator('.graph a').count();
  truth(less < all && less > 0, `${less} of ${all}`);
  equal(await page.locator('.gap-count').innerText(), count, 'the gaps stay');
  complain(page);
  await close(page);
});

await test('trace as outline: the same records and gaps, remembered', async () => {
  const page = await signedIn(browser, 'lin');
  const whole = await page.ask('GET', '/trace?depth=3');
  await visit(page, '/trace');
  await page.keyboard.press('o');
  await page.locator('.outline:not(.paper)').waitFor();
  const shown = await page.locator('.outline .line a').evaluateAll((all) => [...new Set(all.map((one) => one.querySelector('.key').innerText))]);
  equal(shown.sort(), whole.nodes.map((node) => node.key).sort(), 'records of the list');
  equal(await page.locator('.outline a[id]').count(), whole.nodes.length, 'each is found by its id once');
  await page.keyboard.press(']');
  await becomes(() => page.locator('.gap-count').innerText(), `Gap 1 of ${whole.gaps}`, 'gaps of the list');
  truth(await focused(page), 'the gap has the focus');
  await page.reload();
  await settled(page);
  equal(await page.locator('.graph').count(), 0, 'the picture, though a list was chosen');
  await page.keyboard.press('o');
  await page.locator('.graph').waitFor();
  complain(page);
  await close(page);
});

await test('trace is a list on a narrow screen, and on paper', async () => {
  const narrow = await signedIn(browser, 'lin', { width: 390, height: 844 });
  await visit(narrow, '/trace');
  equal(await narrow.locator('.graph').count(), 0, 'a picture at 390');
  truth(await narrow.locator('.outline .line').count() > 5, 'no list at 390');
  await close(narrow);
  const page = await signedIn(browser, 'lin');
  await visit(page, '/trace');
  await page.emulateMedia({ media: 'print' });
  equal([await page.locator('.graph').isVisible(), await page.locator('.outline.paper').isVisible()], [false, true], 'picture and list on paper');
  complain(page);
  await close(page);
});

await test('trace of whoever reads less says so', async () => {
  const page = await signedIn(browser, 'priya');
  const whole = await page.ask('GET', '/trace?depth=3');
  await visit(page, '/trace');
  equal(await page.getByText('You do not read every one of these').count(), whole.partial.length ? 1 : 0, 'the note');
  truth(whole.partial.length > 0, 'priya reads everything');
  const { status } = await page.api('GET', '/task/TSK-0001/trace');
  equal(status, 404, 'a register without a place');
  await visit(page, '/trace/task/TSK-0001');
  await page.getByText('No trace follows these records.').waitFor();
  complain(page);
  await close(page);
});

await browser.close();
done();
