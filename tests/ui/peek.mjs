// SPDX-License-Identifier: Apache-2.0
// A record looked at beside its page; views of lists that one person keeps and another is given; totals that are those of
// the server.
import { becomes, done, equal, open, settled, signedIn, test, truth, visit, base } from './browser.mjs';

const browser = await open();
const close = (...pages) => Promise.all(pages.map((page) => page.context().close()));
const complain = (page) => equal(page.complaints, [], 'what the page complained about');
const drawer = (page) => page.locator('aside.peek');
const keyShown = (page) => drawer(page).locator('header .key').innerText();
const focused = (page) => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');

await test('peek by keys: p looks, j and k go on, Esc gives the focus back, Enter opens', async () => {
  const page = await signedIn(browser, 'lin');
  await visit(page, '/k/risk');
  await page.evaluate(() => { window.shifts = 0; new PerformanceObserver((list) => { for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifts += one.value; }).observe({ type: 'layout-shift', buffered: false }); });
  const keys = (await page.locator('tbody .line .key').allInnerTexts()).slice(0, 3);
  await page.keyboard.press('j');
  await page.keyboard.press('p');
  await drawer(page).waitFor();
  await becomes(() => keyShown(page), keys[0], 'what is looked at');
  const first = await focused(page);
  await page.keyboard.press('j');
  await becomes(() => keyShown(page), keys[1], 'the next one');
  // From inside it goes on as well, and the page behind stays in use: it is no dialog.
  await page.keyboard.press('F6');
  truth(await drawer(page).evaluate((one) => one.contains(document.activeElement)), 'F6 does not lead there');
  await page.keyboard.press('k');
  await becomes(() => keyShown(page), keys[0], 'the one before, from inside');
  equal(await page.locator('[role=dialog]').count(), 0, 'dialogs');
  await drawer(page).locator('dl').waitFor();
  const record = await page.ask('GET', `/risk/${keys[0]}`);
  await drawer(page).getByRole('heading', { name: record.title }).waitFor();
  await page.keyboard.press('Escape');
  await drawer(page).waitFor({ state: 'detached' });
  equal(await focused(page), first, 'where the focus comes back to');
  truth(await page.evaluate(() => window.shifts) <= 0.02, 'the list jumps');
  await page.keyboard.press('p');
  await drawer(page).waitFor();
  await page.keyboard.press('p');
  await drawer(page).waitFor({ state: 'detached' });
  await page.keyboard.press('Enter');
  await page.waitForURL(new RegExp(`/k/risk/${keys[0]}`));
  complain(page);
  await close(page);
});

await test('peek by mouse on a board, moves by the usual dialog; a sheet on a phone; the width is kept', async () => {
  const page = await signedIn(browser, 'lin');
  const title = `Looked at beside ${Date.now()}`;
  const made = (await page.ask('POST', '/task', { title })).key;
  await visit(page, '/k/task?shape=board&q=beside');
  const card = page.locator('.card', { hasText: title }).first();
  await card.hover();
  await card.locator('.peeks').click();
  await becomes(() => keyShown(page), made, 'the card');
  await drawer(page).locator('.edge').focus();
  const before = await drawer(page).evaluate((one) => one.clientWidth);
  await page.keyboard.press('ArrowLeft');
  await becomes(() => drawer(page).evaluate((one) => one.clientWidth), before + 24, 'wider by a step');
  await drawer(page).getByRole('button', { name: 'Start', exact: true }).click();
  await becomes(() => drawer(page).locator('.state').innerText(), /Doing/, 'its state after the move');
  equal((await page.ask('GET', `/task/${made}`)).state, 'doing', 'its state');
  await page.reload();
  await settled(page);
  await page.locator('.card', { hasText: title }).first().hover();
  await page.locator('.card', { hasText: title }).first().locator('.peeks').click();
  await becomes(() => drawer(page).evaluate((one) => one.clientWidth), before + 24, 'its width after a reload');
  await page.setViewportSize({ width: 390, height: 800 });
  await becomes(() => drawer(page).evaluate((one) => one.getBoundingClientRect().width), 390, 'a sheet as wide as the phone');
  truth(await drawer(page).evaluate((one) => one.contains(document.activeElement)), 'the focus is behind the sheet');
  await drawer(page).getByRole('button', { name: 'Close' }).click();
  await drawer(page).waitFor({ state: 'detached' });
  complain(page);
  await close(page);
});

await test('views: filter, group and keep for everybody in five; another person has it, a third keeps theirs', async () => {
  const [lin, tom] = [await signedIn(browser, 'lin'), await signedIn(browser, 'tom')];
  await visit(lin, '/k/risk');
  // 1 a state, 2 and 3 a grouping, 4 views, 5 save: the name is typed, and for whom it is chosen with it.
  await lin.locator('button.state', { hasText: 'Analysed' }).click();
  await lin.getByRole('button', { name: 'Group', exact: true }).click();
  await lin.getByRole('menuitemradio', { name: 'Risk owner', exact: true }).or(lin.getByRole('menuitem', { name: 'Risk owner', exact: true })).first().click();
  await lin.getByRole('button', { name: 'Views', exact: true }).click();
  await lin.locator('#view-name').fill('Analysed by owner');
  await lin.locator('.whom').selectOption('everyone');
  await lin.keyboard.press('Tab');
  await lin.locator('.box button[type=submit]').click();
  await lin.waitForURL(/state=analysed&group=owner&view=VW-/);
  const key = new URL(lin.url()).searchParams.get('view');
  await visit(tom, '/');
  await tom.locator('[data-views] a', { hasText: 'Analysed by owner' }).click();
  await settled(tom);
  equal(await tom.locator('nav .leaf[aria-current]').allInnerTexts(), ['Analysed by owner'], 'where one is');
  equal(await tom.locator('tbody a.title').count(), (await tom.ask('GET', '/risk?state=analysed')).total, 'rows of the view');
  // Changed, it says so; it is not theirs to change. Their own, kept under another name, is nobody else's.
  await tom.locator('button.state', { hasText: 'Evaluated' }).click();
  await tom.locator('[data-unsaved]').waitFor();
  await tom.getByRole('button', { name: 'View: Analysed by owner, changed' }).click();
  equal(await tom.getByRole('button', { name: /Save into/ }).count(), 0, 'a button to change what is another\'s');
  await tom.locator('#view-name').fill('Mine alone');
  await tom.keyboard.press('Enter');
  await tom.waitForURL(/view=VW-(?!0001)/);
  await tom.locator('nav .leaf', { hasText: 'Mine alone' }).waitFor();
  equal(await lin.ask('GET', '/saved_view?q=alone').then((reply) => reply.total), 0, 'what lin finds of it');
  // Back, and after a reload, it is what the address says.
  await tom.goBack();
  await tom.locator('[data-unsaved]').waitFor();
  await tom.reload();
  await tom.locator('[data-unsaved]').waitFor();
  // In two tabs: shared in one, it is there in the other; dropped, gone.
  await visit(lin, `/k/risk?view=all`);
  await lin.getByRole('button', { name: 'Views', exact: true }).click();
  await lin.getByRole('button', { name: 'Forget the view “Analysed by owner”' }).click();
  await tom.locator('nav .leaf', { hasText: 'Analysed by owner' }).waitFor({ state: 'detached' });
  truth(key, 'no key of the view in the address');
  complain(lin);
  complain(tom);
  await close(lin, tom);
});

await test('views: a register opens with its view, and all of it is one click away; what is gone is said, what was kept here is taken over', async () => {
  const page = await signedIn(browser, 'wu');
  const view = await page.ask('POST', '/saved_view', { title: 'Begin here', register: 'task', address: 'state=open' });
  await page.ask('POST', `/saved_view/${view.id}/moves/open_mine`, {});
  await visit(page, '/k/task');
  await page.waitForURL(/state=open&view=VW-/);
  await settled(page);
  await page.getByRole('button', { name: 'View: Begin here', exact: true }).click();
  await page.getByRole('link', { name: 'All, without a view' }).click();
  await page.waitForURL(/view=all$/);
  await settled(page);
  await becomes(() => page.locator('.total').innerText(), String((await page.ask('GET', '/task')).total), 'all of it');
  await visit(page, `/k/task?state=open&colour=blue&view=${view.key}`);
  await page.locator('.lost', { hasText: 'colour' }).waitFor();
  await becomes(() => page.locator('.total').innerText(), String((await page.ask('GET', '/task?state=open')).total), 'the rest of the view');
  // An earlier release kept views in the browser.
  const me = (await page.ask('GET', '/session')).user.id;
  await page.evaluate((id) => localStorage.setItem(`aimwell.views.${id}`, JSON.stringify([{ name: 'Of old', kind: 'task', search: '?priority=high' }])), me);
  await visit(page, '/k/task?view=all');
  await page.getByRole('button', { name: 'Views', exact: true }).click();
  await page.getByRole('button', { name: 'Keep with my account' }).click();
  await page.locator('nav .leaf', { hasText: 'Of old' }).waitFor();
  equal(await page.evaluate((id) => localStorage.getItem(`aimwell.views.${id}`), me), '[]', 'what this browser still keeps');
  complain(page);
  await close(page);
});

await test('totals: the foot of a list says of all its rows what the server says, filtered and grouped', async () => {
  const page = await signedIn(browser, 'lin');
  const foot = (field) => page.locator(`tfoot [data-total=${field}]`).innerText().then((text) => text.replace(/\s+/g, ' '));
  for (const filter of ['', 'state=analysed', 'owner=me']) {
    await visit(page, `/k/risk?${filter}&columns=title,current&group=state&view=all`);
    const reply = await page.ask('GET', `/risk?${filter}&totals=current&limit=1`);
    if (!reply.total) continue; // an empty list has no foot
    const { mean, n } = reply.totals.current;
    await becomes(() => page.locator('tfoot th').innerText(), new RegExp(`^${reply.total} rows?$`), 'rows');
    if (mean === null) equal((await foot('current')).trim(), '', 'a mean of nothing');
    else await becomes(() => foot('current'), new RegExp(`${String(Math.round(mean * 100) / 100).replace('.', '\\.')}`), `the mean of ${n}`);
  }
  complain(page);
  await close(page);
});

await browser.close();
done();
