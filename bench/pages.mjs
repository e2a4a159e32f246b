// SPDX-License-Identifier: Apache-2.0
// Opens every route of the pages in the organisation that bench/pages.py made, and prints for each: until it can be used (by the
// page's own clock, from the moment the address was entered to the second frame after all has come; first after something was
// written, and the median of three), the processor time of the server and of the page's main thread meanwhile,
// calls, how much jumped, and the call that cost the server most, asked for alone. Each visit is a new tab to the browser. BASE and SERVER (its process) come from pages.py;
// ROUTES: only those that match.
import { readdirSync, readFileSync } from 'node:fs';
import { base, open, settled, signedIn } from '../tests/ui/browser.mjs';
import { routesOf } from '../tests/ui/routes.mjs';

const server = process.env.SERVER, only = new RegExp(process.env.ROUTES || '.');
/** Processor time of the server so far in ms, of all its threads. */
function busy() {
  let sum = 0;
  for (const thread of readdirSync(`/proc/${server}/task`))
    try { sum += Number(readFileSync(`/proc/${server}/task/${thread}/schedstat`, 'utf8').split(' ')[0]); } catch { /* it ended */ }
  return sum / 1e6;
}
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
/** When the page stood: nothing of it is still to come, and the browser has drawn it. */
const watchUse = () => {
  window.stood = 0;
  const stands = () => {
    const main = document.querySelector('main');
    return main?.querySelector('h1') && main.getAttribute('aria-busy') !== 'true' && !main.querySelector('.skel, [aria-busy="true"]');
  };
  let waits = false;
  const look = () => {
    if (waits || window.stood || !stands()) return;
    waits = true;
    requestAnimationFrame(() => requestAnimationFrame(() => { waits = false; if (stands()) window.stood = performance.now(); else look(); }));
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['class', 'aria-busy'] });
};
const watchJumps = () => {
  window.jumped = 0;
  new PerformanceObserver((list) => { for (const one of list.getEntries()) if (!one.hadRecentInput) window.jumped += one.value; }).observe({ type: 'layout-shift', buffered: true });
};

async function reader(browser, who) {
  const page = await signedIn(browser, who);
  page.who = who;
  page.setDefaultTimeout(120000);
  page.asked = [];
  page.on('request', (r) => { const { pathname, search } = new URL(r.url()); if (pathname.startsWith('/api/v1/') && !pathname.endsWith('/stream')) page.asked.push(`${r.method()} ${pathname.slice(7)}${search}`); });
  await page.addInitScript(watchJumps);
  await page.addInitScript(watchUse);
  page.tools = await page.context().newCDPSession(page);
  await page.tools.send('Performance.enable', { timeDomain: 'threadTicks' });
  return page;
}
const thread = async (page) => (await page.tools.send('Performance.getMetrics')).metrics.find((m) => m.name === 'TaskDuration').value * 1000;

async function visit(page, route) {
  await page.goto('about:blank');
  page.asked = [];
  const [own, script] = [busy(), await thread(page)];
  await page.goto(base + route);
  await settled(page);
  await page.waitForFunction(() => window.stood > 0);
  const ms = await page.evaluate(() => window.stood);
  await page.waitForTimeout(60);
  return { ms, server: busy() - own, page: await thread(page) - script, calls: page.asked.slice(), jumped: await page.evaluate(() => window.jumped) };
}
async function write(page) {
  await page.ask('POST', '/task', { title: 'Written between two readings' });
}
/** Each call alone, one after the other: what the server spends on it. The first after something was written, then the least of two. */
const known = new Map();
async function alone(page, call) {
  const name = `${page.who} ${call}`;
  if (!known.has(name)) {
    const path = call.slice(4), spent = [];
    for (let turn = 0; turn < 3; turn++) {
      if (!turn) await write(page);
      const before = busy();
      await page.api('GET', path);
      spent.push(busy() - before);
    }
    known.set(name, { first: spent[0], again: Math.min(...spent.slice(1)) });
  }
  return known.get(name);
}

const browser = await open();
const people = { lin: await reader(browser, 'lin'), pat: await reader(browser, 'pat') };
const { list } = await routesOf(people.lin);
// The first readiness of a process runs every check; from then on those that what was written bears on.
for (const what of ['the first readiness of this process', 'the second']) {
  const [before, began] = [busy(), performance.now()];
  await people.lin.context().request.fetch(`${base}/api/v1/readiness`, { timeout: 300000 });
  console.log(`${what}: ${(performance.now() - began).toFixed(0)} ms, ${(busy() - before).toFixed(0)} ms of processor`);
}
const format = (row) => `${row[0].padEnd(52)} ${row.slice(1, 8).map((x) => String(x).padStart(8)).join('')}  ${row[8] ?? ''}`;
console.log(format(['route', 'first ms', 'again ms', 'srv 1st', 'srv', 'page', 'calls', 'jumped', 'costliest call alone: ms of processor after a write, again']));
const all = [];
for (const route of list.filter((one) => only.test(one))) {
  const page = people[['/people', '/tokens'].includes(route) ? 'pat' : 'lin'];
  try {
    await write(people.lin);
    const turns = [await visit(page, route)];
    for (let turn = 1; turn < Number(process.env.TURNS || 3); turn++) turns.push(await visit(page, route));
    const [first, ...again] = turns;
    let worst = null;
    for (const call of new Set(first.calls.filter((one) => one.startsWith('GET')))) {
      const spent = await alone(page, call);
      if (!worst || spent.first > worst.first) worst = { call, ...spent };
    }
    const n = (x) => x.toFixed(0);
    const ms = median(turns.map((one) => one.ms));
    all.push({ route, ms, first: first.ms, calls: Math.max(...turns.map((one) => one.calls.length)) });
    console.log(format([route, n(first.ms), n(ms), n(first.server), again.length ? n(median(again.map((one) => one.server))) : "-", n(median(turns.map((one) => one.page))), all.at(-1).calls,
      Math.max(...turns.map((one) => one.jumped)).toFixed(3), worst ? `${worst.call.slice(4, 84)} ${worst.first.toFixed(1)}, ${worst.again.toFixed(1)}` : '']));
  } catch (e) {
    console.log(format([route, '-', '-', '-', '-', '-', page.asked.length, '-', `not usable: ${String(e.message).split('\n')[0]}`]));
    all.push({ route, ms: Infinity, first: Infinity, calls: page.asked.length });
  }
}
const over = (list, what) => console.log(`${what}: ${list.length} of ${all.length}`);
over(all.filter((one) => one.ms > 500), 'over 0.5 s');
over(all.filter((one) => one.first > 500), 'over 0.5 s the first time after something was written');
over(all.filter((one) => one.calls > 10), 'over 10 calls');
const calls = [...known].sort((a, b) => b[1].first - a[1].first).slice(0, 60);
console.log('\nthe costliest calls, ms of processor after a write, again');
for (const [name, { first, again }] of calls) console.log(`${first.toFixed(1).padStart(9)} ${again.toFixed(1).padStart(9)}  ${name.slice(0, 160)}`);
await browser.close();
