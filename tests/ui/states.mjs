// SPDX-License-Identifier: Apache-2.0
// What pages are like when something is not as usual: the server fails or refuses, a word is longer than the window,
// something lies over the page where there is little room, colours are the system's, nothing may move, and on paper.
import { axePath, base, done, open, settled, signedIn, test, visit } from './browser.mjs';
import { readFileSync } from 'node:fs';

const axe = readFileSync(axePath, 'utf8');
const browser = await open();
const lin = await signedIn(browser, 'lin');
const model = await lin.ask('GET', '/model');
const firstOf = async (kind, more = '') => (await lin.ask('GET', `/${kind}?limit=1${more}`)).items[0];
const risk = await firstOf('risk', '&sort=-current'), system = await firstOf('ai_system');

// ---- the server fails -----------------------------------------------------------------------------------------------
const pages = ['/', '/soa', '/map', '/readiness', '/checks/chk-10', '/ledger', '/changes', '/all', '/glossary', '/gaps', '/gaps/8.4', '/trace', '/pictures/ageing', '/monitors', '/signals', '/ask/gap?step=result', '/starters/systems',
  '/k/risk', '/k/risk?group=state', '/k/risk?shape=board', '/k/risk?shape=calendar', '/k/risk?shape=matrix', '/k/evidence?shape=timeline', '/k/audit?shape=coverage', `/k/risk/${risk.key}`, `/k/risk/${risk.key}?tab=history`,
  `/k/ai_system/${system.key}?tab=story`, `/k/ai_system/${system.key}/steps`, `/trace/risk/${risk.key}`, `/k/risk/${risk.key}?then=2026-11-30`];
const ADMIN = ['/people', '/tokens'];
/** Everything but who one is and the model. */
const data = (url) => url.pathname.startsWith('/api/v1/') && !/\/(stream|model|session)$/.test(url.pathname);
const answer = (status) => (route) => (status
  ? route.fulfill({ status, contentType: 'application/problem+json', body: JSON.stringify({ code: 'internal', title: 'No', detail: 'the server thinks of something else', request: 'R-1' }) })
  : route.abort());
/** Nothing is still on its way, as far as one can see. */
const stands = (page) => page.waitForFunction(() => {
  const main = document.querySelector('main');
  return main?.querySelector('h1') && main.getAttribute('aria-busy') !== 'true' && ![...main.querySelectorAll('.skel, [aria-busy=true]')].some((e) => e.checkVisibility());
}, null, { timeout: 10000 });
const told = (page) => page.locator('[role=alert]').filter({ visible: true });
const again = (page) => page.locator('main, .banner').getByRole('button', { name: 'Try again' }).first();

async function fails(page, path, status = 500) {
  await page.route(data, answer(status));
  await page.goto(base + path);
  await told(page).first().waitFor();
  await stands(page);
  const words = (await told(page).allInnerTexts()).join(' ');
  if (!/[a-z]{3} [a-z]/.test(words)) throw new Error(`no sentence: ${words}`);
  await page.unroute(data);
  if (status !== 404) await again(page).click();
  page.complaints = page.complaints.filter((c) => !/status of 5|ERR_FAILED/.test(c));
  if (page.complaints.length) throw new Error(page.complaints.splice(0).join(' / '));
  if (status === 404) return;
  // A question that was under way still fails, and says so: one asks again until all is there.
  for (let n = 0; n < 5 && !await gone(told(page).first()); n++) await again(page).click({ timeout: 1000 }).catch(() => undefined);
  await told(page).first().waitFor({ state: 'detached' });
  await stands(page);
}
const gone = (one) => one.waitFor({ state: 'detached', timeout: 1500 }).then(() => true, () => false);
const pat = await signedIn(browser, 'pat');
const kim = await signedIn(browser, 'kim');
for (const path of [...pages, ...ADMIN, '/review'])
  await test(`state fails and comes back ${path}`, () => fails(path === '/review' ? kim : ADMIN.includes(path) ? pat : lin, path));
for (const status of [0, 403, 404, 409, 412, 422, 503])
  for (const path of ['/k/risk', `/k/risk/${risk.key}`])
    await test(`state ${status || 'away'} ${path}`, () => fails(lin, path, status));
for (const [path, part] of [['/', '/home'], ['/', '/readiness'], [`/k/risk/${risk.key}`, '/moves'], [`/k/risk/${risk.key}`, '/links'], [`/k/risk/${risk.key}?tab=history`, '/history'], ['/readiness', '/checks'], ['/all', '/registers'], ['/k/risk', 'facets=']])
  await test(`state a part fails ${path} ${part}`, async () => {
    const that = (url) => data(url) && (url.pathname + url.search).includes(part);
    await lin.route(that, answer(500));
    await lin.goto(base + path);
    await lin.locator('.banner', { hasText: 'Part of this page could not be fetched' }).waitFor();
    await stands(lin);
    await lin.unroute(that);
    await again(lin).click();
    await told(lin).first().waitFor({ state: 'detached' });
    await stands(lin);
  });
lin.complaints.length = 0;

await test('state a check leads to the same act as the list of gaps', async () => {
  const acts = async (path) => { await visit(lin, path); return lin.locator('a.mend').evaluateAll((all) => all.map((one) => `${one.innerText}: ${one.getAttribute('href')}`)); };
  const of = await acts('/checks/chk-10'), all = new Set(await acts('/gaps'));
  if (!of.length) throw new Error('no act at all');
  const other = of.filter((one) => !all.has(one));
  if (other.length) throw new Error(`others than at the gaps: ${other.join(', ')}`);
  if (!of.some((one) => one.includes('/k/impact_assessment?system='))) throw new Error(`only the records themselves: ${of.join(', ')}`);
});

// ---- what lies over the page ----------------------------------------------------------------------------------------
/** On a page 320 wide what lies over it lies within it, and none of it is cut off. */
const within = (page) => page.evaluate(() => {
  const found = [];
  if (document.documentElement.scrollWidth > innerWidth + 1) found.push(`the page is ${document.documentElement.scrollWidth} wide`);
  for (const box of document.querySelectorAll('#layers [role=dialog], body > * [role=dialog], [role=menu], [role=listbox], .float, aside.peek')) {
    if (!box.checkVisibility()) continue;
    const { left, right } = box.getBoundingClientRect();
    if (left < -1 || right > innerWidth + 1) found.push(`${box.className} from ${Math.round(left)} to ${Math.round(right)}`);
    for (const e of [box, ...box.querySelectorAll('*')])
      if (e.scrollWidth > e.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(e).overflowX) && !e.matches('input, textarea, select, .scroll-x, .scroller, .tabs') && !e.closest('.scroll-x, .scroller'))
        found.push(`${e.tagName}.${e.className} has to be scrolled sideways`);
  }
  return found;
});
/** Whoever asked for less movement sees none. */
const moving = (page) => page.evaluate(() => {
  const found = new Set(document.getAnimations().map((one) => `animation of ${one.effect?.target?.className}`));
  for (const e of document.querySelectorAll('*')) {
    const style = getComputedStyle(e);
    if ([style.transitionDuration, style.animationDuration].some((list) => list.split(', ').some((one) => parseFloat(one) > 0))) found.add(`${e.tagName}.${e.className}`);
  }
  return [...found].slice(0, 6);
});
/** Where the reader's system chooses the colours one sees what has the focus, and which item of a menu is meant. */
const unseen = (page) => page.evaluate(() => {
  const found = [], at = document.activeElement, meant = document.querySelector('[data-highlighted]');
  const look = (e) => { const s = getComputedStyle(e); return [s.outlineStyle, s.borderColor, s.color, s.backgroundColor].join(' '); };
  if (at?.matches('a, button, input, select, textarea') && at.matches(':focus-visible') && getComputedStyle(at).outlineStyle === 'none') found.push(`no focus on ${at.className}`);
  const other = meant && [...meant.parentElement.children].find((e) => e.className === meant.className && !e.hasAttribute('data-highlighted') && !e.hasAttribute('data-disabled'));
  if (other && look(other) === look(meant)) found.push(`the item that is meant looks like the others: ${meant.textContent.trim()}`);
  return found;
});
async function looked(page) {
  if (!await page.evaluate(() => 'axe' in window)) await page.evaluate(axe);
  const violations = (only) => page.evaluate((runOnly) => window.axe.run(document, { runOnly, resultTypes: ['violations'] })
    .then((r) => r.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.target.join(' ')).join(' | ')}`)), only);
  const found = [...await violations({ type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }), ...await moving(page)];
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  found.push(...(await violations({ type: 'rule', values: ['color-contrast', 'link-in-text-block'] })).map((one) => `dark ${one}`));
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce', forcedColors: 'active' });
  found.push(...(await unseen(page)).map((one) => `forced colours: ${one}`));
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce', forcedColors: 'none' });
  await page.setViewportSize({ width: 320, height: 640 });
  await page.evaluate(() => new Promise((later) => requestAnimationFrame(() => requestAnimationFrame(later))));
  found.push(...(await within(page)).map((one) => `320: ${one}`), ...page.complaints.splice(0));
  await page.setViewportSize({ width: 1280, height: 900 });
  if (found.length) throw new Error(found.join('\n'));
}
/** As few registers as have a field of every type that is filled in. */
const typesOf = (kind) => new Set(kind.fields.filter((f) => !f.computed).map((f) => f.type));
const every = new Set(model.kinds.flatMap((kind) => [...typesOf(kind)])), shown = [];
while (every.size) {
  const best = model.kinds.filter((kind) => !model.asks.some((one) => one.kind === kind.kind)).map((kind) => ({ kind, n: [...typesOf(kind)].filter((one) => every.has(one)).length })).sort((a, b) => b.n - a.n)[0];
  if (!best?.n) break;
  shown.push(best.kind.kind);
  for (const one of typesOf(best.kind)) every.delete(one);
}
const button = (name) => (page) => page.getByRole('button', { name, exact: true }).first().click();
const menu = (page) => page.getByRole('menu').waitFor();
const dialog = (page) => page.getByRole('dialog').first().waitFor();
/** All fields of a form, not only those that are needed. */
const unfold = async (page) => { const more = page.locator('button.more'); if (await more.count()) await more.click(); };
const opened = [
  ...shown.map((kind) => [`editors of ${kind}`, `/k/${kind}/new`, async (page) => { await unfold(page); await page.locator('main :is(input, textarea, select)').first().waitFor(); }]),
  ['theme', '/', async (page) => { await button('Theme')(page); await menu(page); await page.keyboard.press('ArrowDown'); await page.locator('[data-highlighted]').waitFor(); }],
  ['export', '/k/risk', async (page) => { await button('Export')(page); await menu(page); await page.keyboard.press('ArrowDown'); }],
  ['group', '/k/risk', async (page) => { await page.getByRole('button', { name: /^Group/ }).first().click(); await page.locator('.float').first().waitFor(); }],
  ['views', '/k/risk?group=state', async (page) => { await button('Views')(page); await page.locator('.float').first().waitFor(); }],
  ['sharing a view', '/k/risk?group=state', async (page) => { await button('Views')(page); await page.locator('#view-name').fill('Ours'); await page.locator('.float select.whom').selectOption({ index: 1 }); }],
  ['filter', '/k/risk', async (page) => { await button('Filter')(page); await page.locator('.float').first().waitFor(); }],
  ['palette', '/', async (page) => { await page.keyboard.press('Control+k'); await page.getByRole('combobox').fill('risk'); await page.waitForSelector('.palette [role=option] .key'); }],
  ['keys', '/', async (page) => { await page.keyboard.press('?'); await dialog(page); }],
  ['bulk', '/k/risk', async (page) => { for (const key of ['j', 'x', 'b']) await page.keyboard.press(key); await dialog(page); }],
  ['peek', '/k/risk', async (page) => { for (const key of ['j', 'p']) await page.keyboard.press(key); await page.locator('aside.peek h2').first().waitFor(); }],
  ['help of a field', '/k/risk/new', async (page) => { await page.locator('.help-button').first().click(); await page.locator('.float').first().waitFor(); }],
  ['days', '/k/task/new?due=2026-12-24', async (page) => { await page.locator('.date-open').first().click(); await page.locator('.float table').first().waitFor(); }],
  ['picker', '/k/risk/new', async (page) => { await unfold(page); await page.locator('main [role=combobox]').first().click(); await page.locator('[role=listbox] [role=option]').first().waitFor(); }],
  ['import', '/k/risk/import', async () => {}],
  ['a step', '/k/impact_assessment/new/steps', async () => {}]
];
for (const [name, path, act] of opened)
  await test(`state open ${name}`, async () => {
    await visit(lin, path);
    await act(lin);
    await looked(lin);
  });
for (const [who, where, state] of [['mei', 'ai_system', 'deploy_review'], ['sara', 'risk', 'identified']])
  await test(`state open a step of ${where}`, async () => {
    const page = await signedIn(browser, who);
    const { items: [one] } = await page.ask('GET', `/${where}?state=${state}&limit=1`);
    await visit(page, `/k/${where}/${one.key}`);
    await page.locator('#next-step .make .btn, #next-step .btn:not(.shut)').first().click();
    await dialog(page);
    await looked(page);
    await page.context().close();
  });

// ---- long words -----------------------------------------------------------------------------------------------------
const LONG = ['W'.repeat(200), 'Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz'.repeat(3).slice(0, 198), '人工智能系统影响评估与风险处置计划'.repeat(12).slice(0, 200)];
await test('state long words', async () => {
  const found = [];
  const made = [];
  for (const title of LONG) made.push(await lin.ask('POST', '/risk', { title }));
  for (const path of [...made.map((one) => `/k/risk/${one.key}`), '/', '/k/risk?sort=-key', '/k/risk?shape=board', `/k/risk/${made[0].key}?tab=history`, `/k/risk/${made[0].key}?tab=relations`, `/trace/risk/${made[0].key}`, '/changes', '/gaps'])
    for (const width of [1280, 320]) {
      await lin.setViewportSize({ width, height: 800 });
      if (width === 1280) await visit(lin, path);
      await settled(lin);
      const wide = await lin.evaluate(() => [document.documentElement, document.querySelector('main')].map((e) => e.scrollWidth - e.clientWidth));
      if (Math.max(...wide) > 1) found.push(`${path} at ${width}: ${Math.max(...wide)} too wide: ${await lin.evaluate(() => [...document.querySelectorAll('main *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll-x, .scroller, .tabs, .states')).slice(0, 4).map((e) => `${e.tagName}.${e.className}`).join(' '))}`);
    }
  await lin.setViewportSize({ width: 1280, height: 900 });
  if (found.length) throw new Error(found.join('\n'));
});

// ---- paper ----------------------------------------------------------------------------------------------------------
/* A4 between its margins is 703 pixels wide upright, 1031 across. */
const PAPER = ['/', '/soa', '/map', '/readiness', '/checks/chk-10', '/ledger', '/changes', '/all', '/deadlines', '/glossary', '/gaps', '/gaps/8.4', '/trace', '/pictures/ageing', '/monitors', '/signals', '/k/risk', '/k/risk?group=state', '/k/nonconformity?shape=board', '/k/audit?shape=coverage',
  '/k/audit?shape=calendar', '/k/evidence?shape=timeline', '/k/document?shape=tree', '/k/risk?shape=matrix', `/k/ai_system/${system.key}`, `/k/ai_system/${system.key}?tab=story`, `/k/risk/${risk.key}?tab=history`, `/k/risk/${risk.key}?tab=relations`, `/k/risk/${risk.key}?tab=ledger`, '/k/impact_assessment/AIA-0001', `/trace/risk/${risk.key}`];
for (const lang of ['en', 'zh'])
  await test(`state paper ${lang}`, async () => {
    const page = await signedIn(browser, 'lin', { lang, theme: 'dark' });
    const found = [];
    for (const path of lang === 'en' ? PAPER : ['/', '/soa', '/readiness', '/k/risk', `/k/risk/${risk.key}?tab=history`, '/gaps']) {
      await page.emulateMedia({ media: 'screen', colorScheme: 'dark', reducedMotion: 'reduce' });
      await page.setViewportSize({ width: 1280, height: 900 });
      await visit(page, path);
      await page.emulateMedia({ media: 'print', colorScheme: 'dark', reducedMotion: 'reduce' });
      const across = await page.evaluate(() => !!document.querySelector('.wide-paper'));
      await page.setViewportSize({ width: across ? 1031 : 703, height: 1000 });
      const wrong = await page.evaluate(() => {
        dispatchEvent(new Event('beforeprint'));
        const out = [], seen = (e) => e.checkVisibility() && e.getClientRects().length > 0;
        const paper = document.querySelector('.paper');
        if (!seen(paper) || !/Northlake.*2026.*[\d,]+.*Lin/.test(paper.innerText)) out.push('no line that says whose it is');
        for (const e of document.querySelectorAll('.shell > .side, header.bar, .skip, main .btn, main kbd, main .help-button, .toast')) if (seen(e)) out.push(`on paper: ${e.className || e.tagName}`);
        const wide = [...document.querySelectorAll('main *')].filter((e) => seen(e) && !e.closest('.sr, svg') && !e.matches('.sr') && e.getBoundingClientRect().right > innerWidth + 1);
        if (wide.length) out.push(`cut off at the edge: ${wide.slice(0, 3).map((e) => `${e.tagName}.${e.className}`).join(' ')}`);
        for (const e of document.querySelectorAll('main thead')) if (seen(e) && getComputedStyle(e).display === 'table-header-group')
          for (const cell of e.querySelectorAll('th, th *')) if (/sticky|fixed/.test(getComputedStyle(cell).position) || /webkit-box|flow-root/.test(getComputedStyle(cell).display) || (cell.tagName === 'BUTTON' && getComputedStyle(cell).display !== 'contents')) { out.push(`a head that does not repeat: ${cell.className || cell.tagName}`); break; }
        // What is said is dark on white.
        const words = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
        for (let node = words.nextNode(); node; node = words.nextNode()) {
          const e = node.parentElement;
          if (!node.textContent.trim() || !seen(e) || e.closest('svg, .sr')) continue;
          const [r, g, b] = getComputedStyle(e).color.match(/[\d.]+/g).map(Number);
          if (!/^rgb/.test(getComputedStyle(e).color) || 0.2126 * r + 0.7152 * g + 0.0722 * b > 130) { out.push(`pale: ${e.className || e.tagName} ${node.textContent.trim().slice(0, 20)} ${getComputedStyle(e).color}`); break; }
        }
        dispatchEvent(new Event('afterprint'));
        return [...new Set(out)].slice(0, 5);
      });
      if (wrong.length) found.push(`${path}: ${wrong.join('; ')}`);
    }
    await page.context().close();
    if (found.length) throw new Error(found.join('\n'));
  });
await browser.close();
done();
