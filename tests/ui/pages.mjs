// SPDX-License-Identifier: Apache-2.0
// Every page × {en, zh}, and in the dark: axe finds nothing, the console is silent, nothing is wider than the
// window at 640, 390 and 320, no id or state code is shown raw, nothing stays English in Chinese. Then the same for what
// opens on a page (dialog, menu, palette, filter, date), for errors and for empty lists.
import { axePath, base, done, open, settled, signedIn, test, visit } from './browser.mjs';
import { routesOf } from './routes.mjs';
import { readFileSync } from 'node:fs';

const axe = readFileSync(axePath, 'utf8');
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** In the dark only the colours are others. */
async function audit(page, dark) {
  // Through the debugger, not a script element: the page's own policy stays in force.
  if (!await page.evaluate(() => 'axe' in window)) await page.evaluate(axe);
  const only = dark ? { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } : { type: 'tag', values: tags };
  return page.evaluate((runOnly) => window.axe.run(document, { runOnly, resultTypes: ['violations'] })
    .then((r) => r.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.target.join(' ')).join(' | ')}`)), only);
}

/** What the page shows raw: ids, codes with underscores outside code samples, values nobody could name. */
const raw = (page) => page.evaluate(() => {
  const main = document.querySelector('main');
  const code = new Set([...main.querySelectorAll('code, pre, .mono')].flatMap((e) => e.innerText.split(/[\s"':,{}]+/)));
  const found = [...main.innerText.matchAll(/\b(?:[0-9A-HJKMNP-TV-Z]{26}|(?:usr|tok)_\w+|[a-z]+_[a-z]+(?:_[a-z]+)*|undefined|null|NaN|\[object \w+\])\b/g)].map((m) => m[0]);
  return found.filter((word) => !code.has(word));
});
/** Words of the pages themselves (not of the records) that are still English in Chinese. */
const english = (page) => page.evaluate(() => [...document.querySelectorAll('main :is(th[scope=col], dt, legend, label, h2, .chip .word, .btn, .caption, .meta > button, [role=tab]), nav a, aside a')]
  .filter((e) => e.checkVisibility() && !e.closest('[lang=en], .mono, code, td, .roles'))
  .map((e) => e.innerText.replace(/\b(AI|AIMS|ISO|IEC|CSV|XLSX|JSON|API|Aimwell|Ctrl|Enter|Esc|English|SHA)\b/g, '').trim())
  .filter((text) => /[A-Za-z]{4,}/.test(text) && !/[\u4e00-\u9fff]/.test(text)));

async function clean(page, name, also = async () => []) {
  await test(name, async () => {
    const found = [...await audit(page, name.endsWith(' dark')), ...page.complaints.splice(0), ...await also()];
    if (found.length) throw new Error(found.join('\n'));
  });
}
const use = async (page, lang) => {
  await page.evaluate((l) => document.querySelector(`header.bar .lang [lang=${l}]`).click(), lang);
  await page.waitForFunction((l) => document.documentElement.lang.startsWith(l), lang);
  await settled(page);
};

async function fits(page, width) {
  await page.setViewportSize({ width, height: 844 });
  await settled(page);
  const wide = await page.evaluate(() => [document.documentElement, document.querySelector('main')].map((e) => e.scrollWidth - e.clientWidth));
  const most = Math.max(...wide);
  if (most <= 1) return;
  const who = await page.evaluate(() => [...document.querySelectorAll('main *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll-x, .scroller, .tabs, .states')).slice(0, 4).map((e) => `${e.tagName}.${e.className}`));
  throw new Error(`${most} pixels wider than the window: ${who.join(' ')}`);
}
const CALLS_MOST = 10, JUMP_MOST = 0.02;
/** How much of the page jumped while it came, as browsers reckon it, and who did. */
const jumps = (page) => page.evaluate(() => new Promise((done) => {
  const who = [];
  let sum = 0;
  const see = (list) => {
    for (const one of list.getEntries()) {
      if (one.hadRecentInput) continue;
      sum += one.value;
      for (const { node, previousRect: a, currentRect: b } of one.sources) who.push(`${(node?.nodeType === 1 ? node : node?.parentElement)?.tagName} from ${Math.round(a.y)} to ${Math.round(b.y)}`);
    }
  };
  new PerformanceObserver(see).observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => done({ sum, who: [...new Set(who)].slice(0, 4) }), 60);
}));
/** A page asks the server ten times at most until it stands, and nothing of it jumps. What came in an unlucky order once is
    looked at again: what always jumps is found. */
async function steady(page, route) {
  let last;
  for (let turn = 0; turn < 3; turn++) {
    if (turn) { page.asked = []; await page.reload(); await settled(page); }
    const { sum, who } = await jumps(page);
    if (page.asked.length > CALLS_MOST) { last = `${page.asked.length} calls: ${page.asked.join(' ')}`; continue; }
    last = `jumps by ${sum.toFixed(3)}: ${who.join(', ')}`;
    if (sum <= JUMP_MOST) return;
  }
  throw new Error(last);
}
async function everywhere(page, route) {
  page.asked = [];
  if (!await test(`opens ${route}`, () => visit(page, route))) return;
  await test(`steady ${route}`, () => steady(page, route));
  const codes = !/^\/(ledger|tokens)|tab=ledger/.test(route);
  for (const lang of ['en', 'zh']) {
    if (!await test(`speaks ${lang} ${route}`, () => use(page, lang))) continue;
    for (const theme of lang === 'en' ? ['dark', 'light'] : ['light']) { // the colours of words are those of the other language
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await clean(page, `axe ${route} ${lang} ${theme}`);
    }
    await test(`words ${route} ${lang}`, async () => {
      const wrong = [...(codes ? await raw(page) : []), ...(lang === 'zh' ? await english(page) : [])];
      if (wrong.length) throw new Error(`shown raw: ${[...new Set(wrong)].slice(0, 12).join(', ')}`);
    });
    // A grid is as wide as there are roles; its first column stays in sight.
    await test(`columns fit ${route} ${lang}`, async () => {
      const over = await page.evaluate(() => { const box = document.querySelector('.scroller:not(:has(.grid))'); return box ? box.scrollWidth - box.clientWidth : 0; });
      if (over > 1) throw new Error(`at 1280 the standard columns are ${over} pixels too wide`);
    });
    // 640 is 1280 at 200 %, 320 is 1280 at 400 %.
    for (const width of [640, 390, 320])
      await test(`${width} wide ${route} ${lang}`, () => fits(page, width));
    await page.setViewportSize({ width: 1280, height: 900 });
  }
}

/** Each opens something on a page; afterwards axe looks at it in both themes. */
function states(kind, key) {
  const click = (name, path) => async (page) => { await visit(page, path); await page.getByRole('button', { name, exact: true }).first().click(); };
  return [
    ['palette', async (page) => { await visit(page, '/'); await page.keyboard.press('Control+k'); await page.getByRole('combobox').fill('risk'); await page.waitForSelector('.palette [role=option] .key'); }],
    ['keys', async (page) => { await visit(page, '/'); await page.keyboard.press('?'); await page.getByRole('dialog').waitFor(); }],
    ['new menu', click('New', '/')],
    ['user menu', async (page) => { await visit(page, '/'); await page.locator('header.bar .avatar').click(); await page.getByRole('menu').waitFor(); }],
    ['columns', click('Columns and row height', `/k/${kind}`)],
    ['filter', async (page) => { await click('Filter', `/k/${kind}`)(page); await page.locator('.fields .item').nth(3).click(); }],
    ['bulk', async (page) => { await visit(page, `/k/${kind}`); await page.keyboard.press('j'); await page.keyboard.press('x'); await page.keyboard.press('b'); await page.getByRole('dialog').waitFor(); await page.locator('#bulk-field').selectOption({ index: 2 }); }],
    ['cell', async (page) => { await visit(page, `/k/${kind}`); await page.keyboard.press('j'); await page.keyboard.press('e'); await page.waitForSelector('#cell-edit'); }],
    ['views', click('Views', `/k/${kind}?group=state`)],
    ['add menu', async (page) => { await visit(page, `/k/${kind}/${key}`); await page.locator('.title-row .add-to').click(); await page.getByRole('menu').waitFor(); }],
    ['fill', async (page) => { const { items } = await page.ask('GET', `/${kind}?state=identified&limit=1`); await visit(page, `/k/${kind}/${items[0].key}`); await page.locator('.make .btn').first().click(); await page.getByRole('dialog').waitFor(); }],
    ['field', async (page) => { await visit(page, `/k/${kind}/${key}`); const pencil = page.locator('dl .pencil').first(); if (await pencil.count()) { await pencil.focus(); await pencil.press('Enter'); } }],
    ['move', async (page) => { await visit(page, '/'); const act = page.locator('.task .act button').first(); await act.click(); await page.waitForTimeout(300); }],
    ['missing record', async (page) => { await page.goto(`${base}/k/${kind}/XXX-9999`); await page.waitForSelector('.refusal'); }],
    ['missing page', async (page) => { await page.goto(`${base}/nowhere/at/all`); await page.waitForSelector('.refusal'); }],
    ['server away', async (page) => { await visit(page, '/'); await page.route('**/api/v1/**', (r) => r.abort()); await page.evaluate((k) => document.querySelector(`a[href="/k/${k}"]`).click(), kind); await page.waitForSelector('.banner'); }],
  ];
}

const browser = await open();
const lin = await signedIn(browser, 'lin');
const { list, kind, key } = await routesOf(lin);
const admin = new Set(['/people', '/tokens']);
// Two people at two pages each at a time: the machine has at least two cores.
async function worker(queue) {
  const pages = { lin: await signedIn(browser, 'lin'), pat: await signedIn(browser, 'pat') };
  for (const page of Object.values(pages)) {
    page.asked = [];
    // The page before may still ask while this one comes: what is counted begins with the answer that is the page.
    page.on('response', (r) => { if (r.request().isNavigationRequest()) page.asked = []; });
    page.on('request', (r) => { const { pathname, search } = new URL(r.url()); if (pathname.startsWith('/api/v1/') && !pathname.endsWith('/stream')) page.asked.push(pathname.slice(7) + search.slice(0, 40)); });
  }
  for (let route = queue.shift(); route; route = queue.shift()) await everywhere(pages[admin.has(route) ? 'pat' : 'lin'], route);
}
const queue = [...list];
await Promise.all([worker(queue), worker(queue)]);

for (const [name, make] of states(kind, key)) {
  const page = await signedIn(browser, ['move', 'fill'].includes(name) ? 'sara' : 'lin');
  await test(`shows ${name}`, () => make(page));
  page.complaints = page.complaints.filter((c) => !/net::ERR_FAILED|ERR_INTERNET/.test(c));
  for (const theme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await clean(page, `axe ${name} ${theme}`);
  }
  await page.context().close();
}
/* Where the reader's system chooses all colours, nothing is told by a colour of ours: what is chosen looks unlike what is
   not, and a bar or a step that is filled unlike an empty one. */
const forced = await signedIn(browser, 'lin');
await forced.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
for (const route of ['/', '/soa', '/readiness', '/map', `/k/${kind}`, `/k/${kind}/${key}`, '/ask/gap?step=result'])
  await test(`forced colours ${route}`, async () => {
    await visit(forced, route);
    const same = await forced.evaluate(() => {
      const look = (e) => { const s = getComputedStyle(e), after = getComputedStyle(e, '::after'); return [s.border, s.outline, s.textDecorationLine, s.fontWeight, s.color, s.backgroundColor, s.fill, s.stroke, after.content, after.border].join('|'); };
      const found = [];
      for (const one of document.querySelectorAll('[aria-pressed=true], [aria-selected=true], [aria-current]:not([aria-current=false])')) {
        const name = ['aria-pressed', 'aria-selected', 'aria-current'].find((attr) => one.hasAttribute(attr));
        const box = one.closest('nav, [role=group], [role=tablist]') ?? one.parentElement;
        const other = [...box.querySelectorAll(one.tagName)].find((e) => e !== one && e.className.split(' ')[0] === one.className.split(' ')[0] && (e.getAttribute(name) ?? 'false') === 'false');
        if (one.checkVisibility() && other && look(one) === look(other)) found.push(`${name} ${one.textContent.trim().slice(0, 30)}`);
      }
      for (const fill of document.querySelectorAll('.track .fill.some')) if (getComputedStyle(fill).backgroundColor === getComputedStyle(fill.parentElement).backgroundColor) found.push('a bar');
      const [on, off] = [document.querySelector('.level rect.on'), document.querySelector('.level rect:not(.on)')];
      if (on && off && look(on) === look(off)) found.push('the steps of a level');
      return found;
    });
    if (same.length) throw new Error(`looks like what is not chosen: ${same.join(', ')}`);
  });
await forced.context().close();
const out = await signedIn(browser, null);
for (const path of ['/login', '/login?to=%2Fsoa', '/setup'])
  for (const theme of ['light', 'dark']) {
    await out.emulateMedia({ colorScheme: theme });
    await out.goto(base + path);
    await out.waitForSelector('input[type=password]');
    await clean(out, `axe ${path} ${theme}`);
  }
await browser.close();
done();
