// SPDX-License-Identifier: Apache-2.0
// The queue of cases that wait for a person: twenty cases in twenty keys; taken back, changed, refused, handed up; judged
// without the system; by two; by two readers at once; while the network is away, and over a reload. What the page says was
// decided is what the records say.
import { readFileSync } from 'node:fs';
import { axePath, base, becomes, done, equal, hand, open, settled, signedIn, test, truth, visit } from './browser.mjs';

const browser = await open();
const close = (...pages) => Promise.all(pages.map((page) => page.context().close()));
const complain = (page) => equal(page.complaints, [], 'what the page complained about');
const maker = await signedIn(browser, 'fatima');
const kind = (await maker.ask('GET', '/model')).kinds.find((one) => one.is === 'review').kind;
const owner = await signedIn(browser, 'priya');
const { user: kim } = await (async () => { const page = await signedIn(browser, 'kim'); const me = await page.ask('GET', '/session'); await close(page); return me; })();
let made = 0;
/** A queue of its own: cases of a system that nobody else has, to be decided in their order. */
async function queueOf(n, more = () => ({})) {
  const system = await owner.ask('POST', '/ai_system', { title: `System from case ${made + 1} on`, purpose: 'To be looked at' });
  const cases = [];
  for (let at = 0; at < n; at++) {
    const by = new Date(Date.now() + (at + 1) * 3600000).toISOString();
    cases.push(await maker.ask('POST', `/${kind}`, { title: `Case ${++made}`, system: system.id, input: `The input of case ${made}`, ai_verdict: 'Refuse', ai_score: 0.31, ai_reasons: 'Too little left', decide_by: by, ...more(at) }));
  }
  return { cases, path: `/review/${system.key}` };
}
const now = (one) => maker.ask('GET', `/${kind}/${one.id}`);
const title = (page) => page.locator('[data-case]').innerText();
const lies = (page, one) => becomes(() => title(page), one.title, 'the case that lies there');
/** A key in the first tenth of a second is meant for the case before. */
async function see(page, one) {
  await lies(page, one);
  const at = await page.evaluate(() => performance.now());
  await page.waitForFunction((from) => performance.now() - from > 120, at);
}
const state = (one, wanted) => becomes(async () => (await now(one)).state, wanted, `the state of ${one.title}`, 15000);
const bar = (page, act) => page.locator(`[data-act=${act}]`);
const said = (page) => page.locator('.review > [role=status].sr').innerText();
const sees = (page, words) => page.locator('main').getByText(words).locator('visible=true').first().waitFor();
/** The desk is left: what was taken goes back, what was decided goes out. */
const leave = (page) => visit(page, '/settings');

await test('journey 17: twenty cases decided in twenty keys', async () => {
  const { cases, path } = await queueOf(21);
  const page = await signedIn(browser, 'kim');
  await visit(page, path);
  const self = hand(page);
  for (const one of cases.slice(0, 20)) {
    await see(page, one);
    await self.key('1');
  }
  equal(self.n, 20, 'keys');
  await lies(page, cases[20]);
  await becomes(() => said(page), `Agreed: ${cases[19].title}. Next: ${cases[20].title}`, 'what is said');
  await leave(page);
  for (const one of cases.slice(0, 20)) {
    await state(one, 'decided');
    const record = await now(one);
    equal([record.decision, record.decided_by, record.version, record.outcome], ['agree', kim.id, 3, 'go'], one.title);
  }
  await state(cases[20], 'waiting');
  equal((await now(cases[20])).claimed_by, undefined, 'the one that was taken beforehand went back');
  complain(page);
  await close(page);
});

await test('review agreeing at a glance is said, and looking takes the word back', async () => {
  const { cases, path } = await queueOf(23);
  const page = await signedIn(browser, 'kim');
  // A clock that goes on by a fifth of a second each time it is read.
  await page.addInitScript(() => { let at = 0; performance.now = () => (at += globalThis.slow ? 4000 : 200); });
  await visit(page, path);
  for (const one of cases.slice(0, 20)) {
    await lies(page, one);
    equal(await page.locator('.hint').count(), 0, 'nothing is said before the twentieth');
    await page.keyboard.press('1');
  }
  await lies(page, cases[20]);
  await becomes(() => page.locator('.hint').innerText(), 'You agreed with 20 in a row in under 3 seconds each. Look at this one twice.', 'what is said');
  await page.evaluate(() => (globalThis.slow = true));
  await page.keyboard.press('1');
  await lies(page, cases[21]);
  equal(await page.locator('.hint').count(), 0, 'who looked is not told again');
  await leave(page);
  await close(page);
});

await test('review a decision is taken back, and then is another', async () => {
  const { cases, path } = await queueOf(3);
  const page = await signedIn(browser, 'kim');
  await visit(page, path);
  await see(page, cases[0]);
  await page.keyboard.press('1');
  await see(page, cases[1]);
  await page.keyboard.press('z');
  await see(page, cases[0]);
  await becomes(() => said(page), `Taken back. Next: ${cases[0].title}`, 'what is said');
  equal((await now(cases[0])).state, 'in_review', 'nothing was sent');
  await page.keyboard.press('3');
  await page.keyboard.press('e');
  await see(page, cases[1]);
  // The next decision sends the one before at once.
  await page.keyboard.press('1');
  await state(cases[0], 'decided');
  const refused = await now(cases[0]);
  equal([refused.decision, refused.reason_code, refused.outcome], ['refuse', 'unfair', 'refuse'], 'by the third key of the reasons');
  await state(cases[1], 'decided');
  // Too late: it stands, and the page says so.
  await page.keyboard.press('z');
  await page.locator('.toast', { hasText: `${cases[1].key} has been sent and stands` }).waitFor();
  equal((await now(cases[1])).state, 'decided', 'it stands');
  complain(page);
  await leave(page);
  await close(page);
});

await test('review changed with a word and a reason, with a note; handed up; skipped', async () => {
  const { cases, path } = await queueOf(4);
  const page = await signedIn(browser, 'kim');
  await visit(page, path);
  await see(page, cases[0]);
  await page.keyboard.press('n');
  await page.keyboard.type('The file was old.');
  await page.keyboard.press('Escape');
  await page.keyboard.press('2');
  await page.keyboard.type('Grant');
  await page.keyboard.press('Enter');
  await page.getByText('A reason is needed').waitFor();
  await page.keyboard.press('w');
  await see(page, cases[1]);
  await page.keyboard.press('4');
  await page.keyboard.press('Enter');
  await page.getByText('This line is needed.').waitFor();
  await page.keyboard.type('The rules do not say.');
  await page.keyboard.press('Enter');
  await see(page, cases[2]);
  await page.keyboard.press('s');
  await see(page, cases[3]);
  await state(cases[2], 'waiting');
  await state(cases[0], 'decided');
  const changed = await now(cases[0]);
  equal([changed.decision, changed.changed_to, changed.reason_code, changed.note, changed.outcome], ['change', 'Grant', 'missing', 'The file was old.', 'changed'], 'the first');
  await state(cases[1], 'escalated');
  await page.keyboard.press('1');
  await sees(page, 'Nothing more to decide here');
  await page.getByRole('button', { name: /Look at the 1 you skipped/ }).click();
  await lies(page, cases[2]);
  await leave(page);
  await state(cases[3], 'decided');
  await state(cases[2], 'waiting');
  complain(page);
  await close(page);
});

await test('review a key that is held down decides one case', async () => {
  const { cases, path } = await queueOf(2);
  const page = await signedIn(browser, 'kim');
  await visit(page, path);
  await see(page, cases[0]);
  await page.keyboard.down('1');
  await see(page, cases[1]);
  for (let n = 0; n < 5; n++) await page.keyboard.down('1');
  await page.keyboard.up('1');
  await lies(page, cases[1]);
  await leave(page);
  await state(cases[0], 'decided');
  await state(cases[1], 'waiting');
  await close(page);
});

await test('review with the mouse alone', async () => {
  const { cases, path } = await queueOf(4);
  const page = await signedIn(browser, 'kim');
  await visit(page, '/');
  await page.locator('nav a', { hasText: 'Review queue' }).click();
  await settled(page);
  await page.getByLabel('Queue').selectOption(path.split('/')[2]);
  await page.waitForURL(`**${path}`);
  await page.locator('header', { hasText: 'System from case' }).first().waitFor(); // the desk of that queue, no more the one of all
  await settled(page);
  await see(page, cases[0]);
  await bar(page, 'agree').click();
  await see(page, cases[1]);
  await page.locator('.undo .link').click();
  await see(page, cases[0]);
  await bar(page, 'agree').click();
  await see(page, cases[1]);
  await bar(page, 'refuse').click();
  await page.locator('.reason', { hasText: 'It would do harm' }).click();
  await see(page, cases[2]);
  await bar(page, 'change').click();
  await page.locator('.reason', { hasText: 'It got the facts wrong' }).click();
  await page.getByText('This line is needed.').waitFor();
  await page.locator('#review-line').fill('Grant 8,000'); // what is typed is no way round the mouse
  await page.getByRole('button', { name: /^Change it/ }).click();
  await see(page, cases[3]);
  await bar(page, 'skip').click();
  await sees(page, 'Nothing more to decide here');
  await leave(page);
  await state(cases[0], 'decided');
  await state(cases[1], 'decided');
  equal((await now(cases[1])).reason_code, 'harm', 'the reason that was clicked');
  await state(cases[2], 'decided');
  equal((({ changed_to, reason_code }) => [changed_to, reason_code])(await now(cases[2])), ['Grant 8,000', 'facts'], 'what was changed');
  complain(page);
  await close(page);
});

await test('review with Tab and Enter, single keys switched off', async () => {
  const { cases, path } = await queueOf(2);
  const page = await signedIn(browser, 'kim');
  await page.addInitScript(() => localStorage.setItem('aimwell.singleKeys', 'false'));
  await visit(page, path);
  await see(page, cases[0]);
  await page.keyboard.press('1');
  await lies(page, cases[0]);
  for (let n = 0; n < 40 && !await page.evaluate(() => document.activeElement?.dataset.act === 'refuse'); n++) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await becomes(() => page.evaluate(() => document.activeElement?.className.includes('reason')), true, 'the focus stands on the first reason');
  await page.keyboard.press('Escape');
  await becomes(() => page.evaluate(() => document.activeElement?.dataset.act), 'refuse', 'the focus comes back');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await see(page, cases[1]);
  await leave(page);
  await state(cases[0], 'decided');
  equal((await now(cases[0])).reason_code, 'missing', 'the second reason');
  await close(page);
});

await test('review blind: the system is not shown, nor sent, before one has said one\'s own verdict', async () => {
  const { cases, path } = await queueOf(2, () => ({ blind: true, ai_verdict: 'Refuse because of zebra' }));
  const page = await signedIn(browser, 'kim');
  const sent = [];
  page.on('response', async (reply) => { if (/\/api\/v1\//.test(reply.url()) && !/\/judge$|stream/.test(reply.url())) sent.push(await reply.text().catch(() => '')); });
  await visit(page, path);
  await see(page, cases[0]);
  await sees(page, 'Hidden until you have said your own verdict.');
  equal(await bar(page, 'agree').count(), 0, 'nothing to agree with');
  await page.keyboard.press('1');
  await lies(page, cases[0]);
  truth(!sent.some((text) => text.includes('zebra')), 'the server sent what the system says');
  await page.keyboard.press('v');
  await page.keyboard.type('Grant');
  await page.keyboard.press('Enter');
  await sees(page, 'Refuse because of zebra');
  await sees(page, 'You said before: Grant');
  await becomes(() => said(page), 'The system says: Refuse because of zebra', 'what is said');
  await page.keyboard.press('3');
  await page.keyboard.press('q');
  await lies(page, cases[1]);
  await leave(page);
  await state(cases[0], 'decided');
  equal((({ own_verdict, decision }) => [own_verdict, decision])(await now(cases[0])), ['Grant', 'refuse'], 'both verdicts');
  // The words one has decided with are offered by a digit.
  await visit(page, path);
  await see(page, cases[1]);
  await page.locator('.own .btn', { hasText: 'Grant' }).waitFor();
  await page.waitForTimeout(800); // a digit pressed at once was meant for another case
  await page.locator('.own .btn', { hasText: 'Grant' }).locator('kbd').innerText().then((key) => page.keyboard.press(key));
  await sees(page, 'You said before: Grant');
  // Only cases that are judged so, and none is left out by mistake.
  await page.getByLabel('Show').selectOption('seen');
  await sees(page, 'Nothing more to decide here');
  await page.getByLabel('Show').selectOption('blind');
  await lies(page, cases[1]);
  await page.getByLabel('Show').selectOption('');
  complain(page);
  await leave(page);
  await close(page);
});

await test('review by two: the second sees what the first decided, and confirms or differs', async () => {
  const { cases, path } = await queueOf(2, () => ({ second: true }));
  const first = await signedIn(browser, 'kim');
  await visit(first, path);
  await see(first, cases[0]);
  await first.keyboard.press('1');
  await see(first, cases[1]);
  await first.keyboard.press('3');
  await first.keyboard.press('r');
  await leave(first);
  for (const one of cases) await state(one, 'second_waits');
  await visit(first, path);
  await sees(first, 'Nothing more to decide here'); // nobody is both
  const second = await signedIn(browser, 'mehmet');
  await visit(second, path);
  await see(second, cases[0]);
  await sees(second, 'The first of two decided');
  await second.keyboard.press('1');
  await see(second, cases[1]);
  await sees(second, 'A rule or a policy says otherwise');
  await second.keyboard.press('4');
  await second.keyboard.type('The rule is for firms.');
  await second.keyboard.press('Enter');
  await leave(second);
  await state(cases[0], 'decided');
  equal((await now(cases[0])).first_by, kim.id, 'who decided first');
  await state(cases[1], 'escalated');
  complain(second);
  await close(first, second);
});

await test('review two readers at once: each has other cases, and each case is decided once', async () => {
  const { cases, path } = await queueOf(8);
  const pages = await Promise.all(['kim', 'mehmet'].map((who) => signedIn(browser, who)));
  await Promise.all(pages.map((page) => visit(page, path)));
  const titles = await Promise.all(pages.map(async (page) => { await page.locator('[data-act=agree]').waitFor(); return title(page); }));
  truth(titles[0] !== titles[1], `both have ${titles[0]}`);
  await Promise.all(pages.map(async (page) => {
    for (;;) {
      await page.locator('[data-act=agree], .empty').first().waitFor();
      if (await page.locator('.empty').count()) return;
      await see(page, { title: await title(page) });
      await page.keyboard.press('1');
    }
  }));
  for (const page of pages) equal(await page.locator('.refused').count(), 0, 'decisions that were refused');
  await Promise.all(pages.map(leave));
  const by = new Set();
  for (const one of cases) {
    await state(one, 'decided');
    by.add((await now(one)).decided_by);
  }
  equal(by.size, 2, 'people who decided');
  await close(...pages);
});

await test('review the network away for three decisions: each arrives, once', async () => {
  const { cases, path } = await queueOf(5);
  const page = await signedIn(browser, 'kim');
  await visit(page, path);
  await see(page, cases[0]);
  await page.keyboard.press('1');
  await see(page, cases[1]);
  await becomes(async () => (await now(cases[2])).state, 'in_review', 'the next one is taken');
  await page.context().setOffline(true);
  await page.keyboard.press('3');
  await page.keyboard.press('t');
  await see(page, cases[2]);
  await page.keyboard.press('1');
  await becomes(() => page.locator('[data-unsent]').innerText(), /3 decisions wait for the network/, 'what is said', 15000);
  for (const one of cases.slice(0, 3)) equal((await now(one)).state, 'in_review', `${one.title} while the network is away`);
  await page.context().setOffline(false);
  for (const one of cases.slice(0, 3)) await state(one, 'decided');
  equal(await Promise.all(cases.slice(0, 3).map(async (one) => { const { decision, version } = await now(one); return [decision, version]; })), [['agree', 3], ['refuse', 3], ['agree', 3]], 'each once');
  await becomes(() => page.locator('[data-unsent]').count(), 0, 'nothing is on its way');
  await lies(page, cases[3]);
  await leave(page);
  await close(page);
});

await test('review an answer that got lost: the decision is asked for again and is one', async () => {
  const { cases, path } = await queueOf(2);
  const page = await signedIn(browser, 'kim');
  let lost = 0;
  await page.route('**/moves/decide', async (route) => {
    if (lost++) return route.continue();
    await route.fetch();
    await route.abort();
  });
  await visit(page, path);
  await see(page, cases[0]);
  await page.keyboard.press('1');
  await see(page, cases[1]);
  await page.keyboard.press('1');
  for (const one of cases) await state(one, 'decided');
  await becomes(() => page.locator('[data-unsent]').count(), 0, 'nothing is on its way', 15000);
  equal((await now(cases[0])).version, 3, 'decided once');
  equal(await page.locator('.refused').count(), 0, 'nothing was refused');
  truth(lost > 2, 'it was asked for again');
  await leave(page);
  await close(page);
});

await test('review a reload in the middle loses nothing', async () => {
  const { cases, path } = await queueOf(4);
  const page = await signedIn(browser, 'kim');
  await visit(page, path);
  await see(page, cases[0]);
  await page.keyboard.press('1');
  await see(page, cases[1]);
  await page.reload();
  await settled(page);
  await state(cases[0], 'decided');
  equal((await now(cases[0])).version, 3, 'decided once');
  await see(page, cases[1]);
  await page.keyboard.press('1');
  await see(page, cases[2]);
  // Away, and loaded anew while it is: the decision is kept in the tab.
  await page.route('**/moves/**', (route) => route.abort());
  await page.keyboard.press('3');
  await page.keyboard.press('q');
  page.on('dialog', (dialog) => void dialog.accept());
  await page.reload();
  await settled(page);
  await page.unroute('**/moves/**');
  for (const one of cases.slice(1, 3)) await state(one, 'decided');
  equal((await now(cases[2])).decision, 'refuse', 'what was decided while the network was away');
  await lies(page, cases[3]);
  await leave(page);
  await state(cases[3], 'waiting');
  await close(page);
});

await test('review signing out sends what was decided', async () => {
  const { cases, path } = await queueOf(2);
  const own = await (await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 900 } })).newPage();
  await own.goto(`${base}/login?to=${encodeURIComponent(path)}`);
  await own.locator('input[type=email], input[name=email], #email').first().fill('grace@northlake.example');
  await own.locator('input[type=password]').first().fill('northlake-demo-2026');
  await own.keyboard.press('Enter');
  await settled(own);
  await see(own, cases[0]);
  await own.keyboard.press('1');
  await see(own, cases[1]);
  await own.keyboard.press('Control+k');
  await own.locator('.palette').getByRole('combobox').fill('sign out');
  await own.keyboard.press('Enter');
  await own.waitForURL(/\/login/);
  await state(cases[0], 'decided');
  await state(cases[1], 'waiting');
  await own.context().close();
});

await test('review a decision that the server refuses is shown with its words', async () => {
  const { cases, path } = await queueOf(2);
  const page = await signedIn(browser, 'kim');
  const lin = await signedIn(browser, 'lin');
  await visit(page, path);
  await see(page, cases[0]);
  await page.keyboard.press('1');
  await see(page, cases[1]);
  await lin.ask('POST', `/${kind}/${cases[0].id}/moves/put_back`, {}); // somebody takes it away meanwhile
  const told = page.locator('.refused');
  await told.waitFor({ timeout: 15000 });
  truth((await told.innerText()).includes(cases[0].key), 'which one it was');
  truth(/[a-z]{3} [a-z]/.test(await told.innerText()), 'the words of the server');
  // Kept over a reload until somebody has read it.
  await page.reload();
  await settled(page);
  await page.locator('.refused').first().getByRole('button', { name: 'I have read it' }).click();
  await becomes(() => page.locator('.refused').count(), 0, 'it was read');
  await leave(page);
  await close(page, lin);
});

await test('review a case that is taken away is said, and the desk goes on', async () => {
  const { cases, path } = await queueOf(2);
  const page = await signedIn(browser, 'kim');
  const lin = await signedIn(browser, 'lin');
  await visit(page, path);
  await lies(page, cases[0]);
  await state(cases[1], 'in_review');
  const waiting = () => page.locator('[data-waiting]').getAttribute('data-waiting');
  // The page hears of changes: it counts what comes while it is looked at.
  const { system } = cases[0];
  for (let n = 0; n < 8 && await waiting() === '2'; n++) {
    await maker.ask('POST', `/${kind}`, { title: `Case ${++made}`, system, ai_verdict: 'Refuse' });
    await becomes(waiting, /[^2]/, 'how many wait', 2500).catch(() => undefined);
  }
  await lin.ask('POST', `/${kind}/${cases[0].id}/moves/put_back`, {});
  await page.getByText('No longer yours:').waitFor();
  await lies(page, cases[1]);
  await leave(page);
  await close(page, lin);
});

await test('review for whoever does not review: who does', async () => {
  const page = await signedIn(browser, 'lin');
  await visit(page, '/review');
  await sees(page, /Cases are reviewed by: Human reviewer or /);
  equal(await page.locator('nav a', { hasText: 'Review queue' }).count(), 0, 'no entry beside Today');
  complain(page);
  await close(page);
});

await test('review the way there: sidebar with a number, home, search, keys', async () => {
  const page = await signedIn(browser, 'kim');
  await visit(page, '/');
  const entry = page.locator('nav a', { hasText: 'Review queue' });
  truth(Number(await entry.locator('.count').innerText()) > 5, 'how many wait');
  await page.locator('[data-tile=waiting]').click();
  await page.waitForURL('**/review');
  await settled(page);
  equal(await page.title(), 'Review queue · Aimwell', 'the title of the page');
  await visit(page, '/');
  await page.keyboard.press('g');
  await page.keyboard.press('q');
  await page.waitForURL('**/review');
  await settled(page);
  await page.keyboard.press('?');
  await page.locator('.dialog h3', { hasText: 'Review queue' }).waitFor();
  await page.keyboard.press('Escape');
  await visit(page, '/');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('review queue');
  await page.locator('#palette-list [role=option]', { hasText: 'Review queue' }).first().waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL('**/review');
  complain(page);
  await close(page);
});

// ---- looked at ------------------------------------------------------------------------------------------------------
const axe = readFileSync(axePath, 'utf8');
async function clean(page, where) {
  await page.evaluate(axe);
  await page.evaluate(() => document.querySelector('main').scrollTo(0, 1e6)); // where the bar lies over nothing
  const wrong = await page.evaluate(async () => (await globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })).violations.map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 160)}`));
  equal(wrong, [], `what axe found on ${where}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  truth(wide <= 0, `${where} is ${wide} pixels wider than the window`);
}
const looks = await queueOf(2, (at) => (at ? { blind: true } : { ai_reasons: 'Too little left\nToo short a time\n期限太短' }));
for (const lang of ['en', 'zh'])
  for (const theme of ['light', 'dark'])
    for (const width of [1280, 390, 320])
      await test(`review looked at in ${lang} ${theme} at ${width}`, async () => {
        const page = await signedIn(browser, 'kim', { lang, theme, width, height: 800 });
        await visit(page, looks.path);
        await bar(page, 'agree').waitFor();
        for (const key of ['', '2', 'Escape', '3', 'Escape', '4', 'Escape', 'n', 'Escape', 's']) {
          if (key) await page.keyboard.press(key);
          await clean(page, `the desk after ${key}`);
        }
        const low = await page.locator('.review .bar').evaluate((e) => Math.abs(e.getBoundingClientRect().bottom - innerHeight));
        truth(low < 2, 'the bar stands at the lower edge');
        complain(page);
        await leave(page);
        await close(page);
      });
await test('review three columns where there is place, one where there is not', async () => {
  const columns = async (width) => {
    const page = await signedIn(browser, 'kim', { width });
    await visit(page, looks.path);
    await page.locator('[data-case]').waitFor();
    const n = await page.locator('.columns').evaluate((e) => getComputedStyle(e).gridTemplateColumns.split(' ').length);
    await leave(page);
    await close(page);
    return n;
  };
  equal([await columns(1920), await columns(1280), await columns(390)], [3, 3, 1], 'columns');
});
await test('review colours of the system: the bar has edges, the focus is seen', async () => {
  const page = await signedIn(browser, 'kim');
  await page.emulateMedia({ forcedColors: 'active' });
  await visit(page, looks.path);
  await bar(page, 'agree').focus();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Tab');
  const look = await bar(page, 'agree').evaluate((e) => { const s = getComputedStyle(e); return [s.borderTopStyle, s.outlineStyle]; });
  equal(look, ['solid', 'solid'], 'edge and focus');
  await leave(page);
  await close(page);
});
await browser.close();
done();
