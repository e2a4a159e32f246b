// SPDX-License-Identifier: Apache-2.0
// Every route × {en, zh} × {light, dark}: axe finds nothing, the console is silent, nothing is wider than the
// window at 390, no raw state code or id is shown.
import { axePath, base, done, open, settled, signedIn, test } from './browser.mjs';
import { readFileSync } from 'node:fs';

const axe = readFileSync(axePath, 'utf8');
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

async function routes(page) {
  const model = await (await page.context().request.get(`${base}/api/v1/model`)).json();
  const list = ['/', '/soa', '/map', '/readiness', '/checks/chk-10', '/people', '/tokens', '/ledger', '/settings', '/all'];
  for (const kind of model.kinds) {
    list.push(`/k/${kind.kind}`);
    const { items } = await (await page.context().request.get(`${base}/api/v1/${kind.kind}?limit=1`)).json();
    if (items.length) list.push(`/k/${kind.kind}/${items[0].key}`);
  }
  list.push(`/k/${model.kinds[0].kind}/new`);
  return list;
}

async function audit(page) {
  // Through the debugger, not a script element: the page's own policy stays in force.
  await page.evaluate(axe);
  return page.evaluate((wanted) => window.axe.run(document, { runOnly: { type: 'tag', values: wanted } })
    .then((r) => r.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.target.join(' ')).join(' | ')}`)), tags);
}

async function rawCodes(page) {
  return page.evaluate(() => {
    const text = document.querySelector('main')?.innerText ?? '';
    return [...text.matchAll(/\b(?:[0-9A-HJKMNP-TV-Z]{26}|usr_\w+|[a-z]+_[a-z]+(?:_[a-z]+)*)\b/g)].map((m) => m[0]);
  });
}

const browser = await open();
for (const lang of ['en', 'zh'])
  for (const theme of ['light', 'dark']) {
    const page = await signedIn(browser, 'pat', { lang, theme });
    const lin = await signedIn(browser, 'lin', { lang, theme });
    for (const route of await routes(lin)) {
      const who = ['/people', '/tokens'].includes(route) ? page : lin;
      await test(`axe ${route} ${lang} ${theme}`, async () => {
        who.complaints.length = 0;
        await who.goto(base + route);
        await settled(who);
        const found = [...await audit(who), ...who.complaints];
        if (found.length) throw new Error(found.join('\n'));
      });
    }
    await page.context().close();
    await lin.context().close();
  }
const login = await signedIn(browser, null);
await test('axe /login', async () => {
  await login.goto(`${base}/login`);
  await login.waitForSelector('input[type=password]');
  const found = [...await audit(login), ...login.complaints];
  if (found.length) throw new Error(found.join('\n'));
});
for (const lang of ['en', 'zh']) {
  const narrow = await signedIn(browser, 'lin', { lang, width: 390, height: 844 });
  for (const route of await routes(narrow))
    await test(`390 wide ${route} ${lang}`, async () => {
      await narrow.goto(base + route);
      await settled(narrow);
      const wide = await narrow.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (wide > 1) throw new Error(`the page is ${wide} pixels wider than the window`);
      const raw = (await rawCodes(narrow)).filter((t) => !/^(aw_|x_)/.test(t));
      if (raw.length && !['/ledger', '/tokens'].includes(route)) throw new Error(`raw codes are shown: ${raw.slice(0, 8).join(', ')}`);
    });
  await narrow.context().close();
}
await browser.close();
done();
