// SPDX-License-Identifier: Apache-2.0
// The page of an AI system tells its story: where it stands in its life and what the next gate still wants, what belongs
// to it, and what happened when. Every number is the total of the list that it leads to.
import { readFileSync } from 'node:fs';
import { axePath, base, becomes, done, equal, open, settled, signedIn, test, truth, visit } from './browser.mjs';

const browser = await open();
const axe = readFileSync(axePath, 'utf8');
const complain = (page) => equal(page.complaints, [], 'what the page complained about');
async function clean(page, where) {
  await page.evaluate(axe);
  const wrong = await page.evaluate(async () => (await globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })).violations.map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 160)}`));
  equal(wrong, [], `what axe found on ${where}`);
}
const picture = async (page, name) => process.env.PICTURES && page.screenshot({ path: `${process.env.PICTURES}/story-${name}.png`, fullPage: true });
const ready = (page) => page.waitForFunction(() => document.querySelector('.story .card') && !document.querySelector('.story [aria-busy=true], .story .skel'));
const model = await (await signedIn(browser, 'lin')).ask('GET', '/model');
const kind = model.kinds.find((one) => one.story);
const story = kind.story;

/** The system with the most beside it. */
async function richest(page) {
  const all = (await page.ask('GET', `/${kind.kind}?limit=100`)).items;
  let best = [0, all[0]];
  for (const one of all) {
    const { total } = await page.ask('GET', `/${kind.kind}/${one.id}/links?limit=1`);
    if (total > best[0]) best = [total, one];
  }
  return best[1];
}

await test('story of a system: its life, its cards and its line of time, in at most ten questions', async () => {
  for (const look of [{}, { lang: 'zh', theme: 'dark' }, { width: 390, height: 844 }, { lang: 'zh', theme: 'dark', width: 390, height: 844 }, { width: 1920, height: 1080 }]) {
    const page = await signedIn(browser, 'lin', look);
    const at = `${look.lang ?? 'en'}-${look.width ?? 1280}`;
    const system = await richest(page);
    await visit(page, `/k/${kind.kind}/${system.key}`);
    const asked = [];
    page.on('request', (one) => { if (one.url().startsWith(`${base}/api/`)) asked.push(one.url()); });
    await page.locator('#tab-story').click();
    await ready(page);
    truth(asked.length <= 10, `ten questions at most, not ${asked.length}: ${asked.join(' ')}`);
    // Where it stands.
    const lang = look.lang ?? 'en';
    const title = (state) => kind.states.find((one) => one.state === state).title[lang];
    equal(await page.locator('.story .way li').count(), story.life.length, 'every state of its life');
    if (story.life.includes(system.state)) equal(await page.locator('.story [aria-current=step] .name').innerText(), title(system.state), 'where it stands');
    // What belongs to it.
    equal(await page.locator('.story .card').count(), story.cards.length, 'a card for each');
    for (const [nth, card] of story.cards.entries()) {
      const shown = page.locator('.story .card').nth(nth);
      const total = card.kind ? (await page.ask('GET', `/${card.kind}?${card.via}=${system.id}&limit=1`)).total : (system[card.field] ?? []).length;
      equal(await shown.locator('.count').innerText(), String(total), `how many ${card.kind ?? card.field}`);
      equal(await shown.locator('.rows li').count(), Math.min(3, total), `the first of them`);
    }
    truth(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `no wider than the window at ${at}`);
    await clean(page, `the story at ${at}`);
    await picture(page, at);
    complain(page);
    await page.context().close();
  }
});

await test('story a number leads to the list that proves it, and what a gate wants is a way to mend it', async () => {
  const page = await signedIn(browser, 'lin');
  const system = await richest(page);
  await visit(page, `/k/${kind.kind}/${system.key}?tab=story`);
  await ready(page);
  const card = page.locator('.story .card').first();
  const total = await card.locator('.count').innerText();
  await card.locator('h3 a').click();
  await settled(page);
  equal(await page.evaluate(() => location.pathname), `/k/${story.cards[0].kind}`, 'where it leads');
  await becomes(() => page.locator('main').innerText(), new RegExp(`\\b${total}\\b`), 'the same number');
  // A new idea has something missing, and each thing that is missing can be reached.
  const made = await page.ask('POST', `/${kind.kind}`, { title: 'A new idea' });
  await visit(page, `/k/${kind.kind}/${made.key}?tab=story`);
  await ready(page);
  equal(await page.locator('.story [aria-current=step]').count(), 1, 'it stands at its beginning');
  equal(await page.locator('.story .way li.past').count(), 0, 'and has passed nothing');
  const gate = page.locator('.story .gate');
  truth(/missing/.test(await gate.innerText()), 'the gate wants something');
  await gate.getByRole('button').first().click();
  await page.locator('.line.editing, #field-purpose').first().waitFor();
  complain(page);
  await page.context().close();
});

await test('story the line of time is zoomed by year and month, by keys, and its table says the same', async () => {
  const page = await signedIn(browser, 'lin');
  const system = await richest(page);
  await visit(page, `/k/${kind.kind}/${system.key}?tab=story`);
  await ready(page);
  const line = page.locator('.story .line');
  const dots = () => line.locator('circle').count();
  const rows = () => line.locator('tbody tr a').count();
  const all = await dots();
  truth(all > 3, 'something happened');
  equal(await rows(), all, 'the table has every dot');
  equal(await line.locator('.twin').isVisible(), false, 'the table waits until it is wanted');
  await line.getByRole('button', { name: 'As a table' }).click();
  await line.locator('.twin').waitFor();
  await line.getByRole('button', { name: 'Month' }).click();
  const before = await line.locator('b').innerText();
  truth(await dots() < all, 'a month has less');
  equal(await rows(), await dots(), 'the table has those of the month');
  await line.locator('.draw').focus();
  await page.keyboard.press('ArrowLeft');
  truth(await line.locator('b').innerText() !== before, 'the month before');
  equal(await rows(), await dots(), 'and the table goes along');
  await line.getByRole('button', { name: 'Year' }).click();
  await clean(page, 'the line by year');
  await picture(page, 'year');
  await line.getByRole('button', { name: 'As a table' }).click();
  await page.emulateMedia({ media: 'print' });
  equal(await line.locator('.twin').isVisible(), true, 'paper has the table');
  await picture(page, 'print');
  complain(page);
  await page.context().close();
});

await test('live: calls of a language model, what they cost, whether a judge says what people say, and what an agent did', async () => {
  const page = await signedIn(browser, 'lin');
  const kind = (is) => model.kinds.find((one) => is(one)).kind;
  const [sends, prices] = [kind((one) => one.sends), kind((one) => one.is === 'prices')];
  const { key } = await page.ask('POST', `/${sends}`, { title: 'Answers customers' });
  const event = (more) => ({ v: 1, system: key, ts: '2026-05-01T10:00:00Z', ...more });
  const call = (n) => event({ kind: 'llm', id: `c${n}`, provider: 'maker-x', model: 'm-1', usage: { input: 1000, output: 100 }, latency_ms: 900 });
  const said = (n, evaluator, label) => event({ kind: 'evaluation', ref: `c${n}`, name: 'tone', evaluator, label });
  const lines = [0, 1, 2, 3].flatMap((n) => [call(n), said(n, 'judge@1', n ? 'pass' : 'fail'), said(n, 'human', n > 1 ? 'pass' : 'fail')]);
  lines.push(event({ kind: 'llm', id: 't1', operation: 'execute_tool', tool: 'shell', error: 'denied' }));
  equal((await page.ask('POST', '/events', lines.map((one) => JSON.stringify(one)).join('\n'), { 'content-type': 'application/x-ndjson' })).rejected, [], 'what was refused');
  await visit(page, `/k/${sends}/${key}?tab=live`);
  await page.getByText('4 calls with 4,000 tokens in and 400 out have no price').waitFor();
  await page.locator('.live tr', { hasText: 'judge@1' }).getByText('what most people say').waitFor();
  truth(/4\s+3\s+0.5/.test(await page.locator('.live tr', { hasText: 'judge@1' }).innerText()), 'of four the judge says three times what people say, and kappa is a half');
  truth(/shell[\s\S]*cannot be told\s+1\s+1\s+0\s+1/.test(await page.locator('.live tr', { hasText: 'shell' }).innerText()), 'no agent is known, so it cannot be told');
  await clean(page, 'calls, before there is a price');
  await page.getByRole('link', { name: 'Write down prices' }).click();
  await page.waitForURL(`**/k/${prices}/new`);
  await visit(page, `/k/${sends}/${key}?tab=live`);
  await page.getByText('Send events').click();
  await page.locator('.snippet[role=tabpanel]').waitFor();
  await page.setViewportSize({ width: 390, height: 844 });
  equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, 'pixels wider than a phone');
  complain(page);
  await page.context().close();
});

await test('live: a system that sends nothing yet is shown how, and what comes is measured, in all and by group', async () => {
  const page = await signedIn(browser, 'lin');
  const sends = model.kinds.find((one) => one.sends);
  const { key } = await page.ask('POST', `/${sends.kind}`, { title: 'Sends what it does' });
  await visit(page, `/k/${sends.kind}/${key}?tab=live`);
  await page.getByText('Waiting for the first event').waitFor();
  const snippet = page.locator('.snippet[role=tabpanel]');
  truth((await snippet.innerText()).includes(`"system":"${key}"`), 'the line to send names the system');
  await page.getByRole('tab', { name: 'Python' }).click();
  truth((await snippet.innerText()).includes(`"system": "${key}"`), 'in another language too');
  await clean(page, 'a system that sends nothing');
  // Twelve of one group, of which nine are answered yes; eight of another, of which two are. Five have no label yet.
  const lines = Array.from({ length: 20 }, (_, n) => ({ v: 1, kind: 'prediction', id: `e${n}`, system: key, version: '7', ts: '2026-05-01T10:00:00Z', task: 'binary', pred_class: Number(n < 9 || n > 17), score: (n + 0.5) / 20, protected: { sex: n < 12 ? 'F' : 'M' } }));
  const labels = lines.slice(5).map((one, n) => ({ v: 1, kind: 'label', ref: one.id, system: key, ts: '2026-06-01T10:00:00Z', label: n % 2 }));
  const sent = await page.ask('POST', '/events', [...lines, ...labels].map((one) => JSON.stringify(one)).join('\n'), { 'content-type': 'application/x-ndjson' });
  equal([sent.accepted, sent.rejected], [35, []], 'what was taken');
  await page.getByText('20 predictions, 15 of them with a label').waitFor(); // by itself: it was waited for
  await page.getByText('Not every prediction has its label yet').waitFor();
  const said = await page.ask('GET', `/systems/${key}/metrics?by=sex`);
  const row = (name) => page.locator('.live tbody tr', { hasText: name }).first();
  truth((await row('Accuracy').innerText()).includes(said.overall.accuracy.toFixed(4).replace(/0+$/, '')), 'the accuracy is that of the server');
  await page.locator('#live-by').selectOption('sex');
  await row('F').waitFor();
  const group = await page.locator('.live h2', { hasText: 'By sex' }).locator('xpath=following::table[1]').innerText();
  truth(/F\s+12/.test(group) && /M\s+8/.test(group), `the groups: ${group}`);
  truth(await page.locator('.live dt', { hasText: 'Demographic parity, ratio' }).locator('xpath=following-sibling::dd').innerText() === '–', 'groups that are too small are not compared');
  await clean(page, 'what is measured');
  await page.setViewportSize({ width: 390, height: 844 });
  equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, 'pixels wider than a phone');
  await picture(page, 'live');
  complain(page);
  await page.context().close();
});

await test('live: a table of what a system did is rehearsed, taken in, and its bad rows are named', async () => {
  const page = await signedIn(browser, 'lin');
  const sends = model.kinds.find((one) => one.sends);
  const { key, version } = await page.ask('POST', `/${sends.kind}`, { title: 'Decides by tables' });
  await visit(page, `/k/${sends.kind}/${key}?tab=live`);
  await page.getByText('Waiting for the first event').waitFor();
  equal(await page.locator('.live details.table').count(), 0, 'no table where no profile says how it is read');
  const profile = { kind: 'prediction', id: 'Nr', ts: 'When', task: { is: 'binary' }, pred_class: { column: 'Result', values: { approve: 1, refuse: 0 } }, label: 'Paid' };
  await page.ask('PATCH', `/${sends.kind}/${key}`, { [sends.event_profiles]: [{ name: 'monthly', profile: JSON.stringify(profile) }] }, { 'If-Match': `"${version}"` });
  await visit(page, `/k/${sends.kind}/${key}?tab=live`);
  await page.getByText('Take in a table').click();
  const rows = 'Nr,When,Result,Paid\n1,2026-05-01,approve,1\n2,2026-05-02,perhaps,0\n3,2026-05-03,refuse,\n';
  await page.locator('.live input[type=file]').setInputFiles({ name: 'may.csv', mimeType: 'text/csv', buffer: Buffer.from(rows) });
  await page.getByText('3 rows: 3 events new, 0 there before, 1 row refused.').waitFor();
  equal(await page.locator('.live details.table tbody tr').allInnerTexts().then((all) => all.map((one) => one.split('\t').slice(0, 2))), [['3', 'Result']], 'the row that is refused');
  equal((await page.ask('GET', `/systems/${key}/events`)).events, 0, 'events after the rehearsal');
  await clean(page, 'a table that was rehearsed');
  await page.setViewportSize({ width: 390, height: 844 });
  equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, 'pixels wider than a phone');
  await picture(page, 'live-table');
  await page.getByRole('button', { name: 'Take in 3 events' }).click();
  await page.getByText('2 predictions, 1 of them with a label').waitFor();
  equal((await page.ask('GET', `/systems/${key}/events`)).events, 3, 'events that were taken in');
  complain(page);
  await page.context().close();
});

await test('live: calls of a language model as the server counted them, and the limits on what a system does', async () => {
  const page = await signedIn(browser, 'lin');
  const { items } = await page.ask('GET', '/ai_system?state=pilot&limit=5');
  const measured = await Promise.all(items.map(async ({ key, id }) => ({ key, id, llm: (await page.ask('GET', `/systems/${key}/metrics`)).llm })));
  const { key, id, llm } = measured.find((one) => one.llm);
  await visit(page, `/k/ai_system/${key}?tab=live`);
  const fact = (name) => page.locator('.live dt', { hasText: name }).locator('xpath=following-sibling::dd').innerText();
  equal((await fact('Failed')).split(' ')[0], String(Math.round(1000 * llm.error_rate.value) / 10), 'the share that failed');
  equal((await fact('Tokens in')).replace(/\D/g, ''), String(llm.tokens.input), 'tokens');
  const row = await page.locator('.live tr', { hasText: 'groundedness' }).first().innerText();
  truth(row.includes(llm.evaluations.groundedness.mean.toFixed(3).replace(/0+$/, '')) && row.replace(/,/g, '').includes(String(llm.evaluations.groundedness.n)), `the evaluations: ${row}`);
  equal(await page.locator('.live tr', { hasText: 'Accuracy' }).count(), 0, 'no figures of predictions, where there are none');
  await clean(page, 'calls of a language model');
  await page.getByRole('link', { name: 'Limits on these figures' }).click();
  await page.waitForURL(/\/monitors\?system=/);
  equal(new URL(page.url()).searchParams.get('system'), id, 'the system');
  complain(page);
  await page.context().close();
});

await test('live: what a monitor would have shown, before anybody activates it', async () => {
  const page = await signedIn(browser, 'priya');
  const { items } = await page.ask('GET', '/ai_system?state=operating&limit=1');
  const made = await page.ask('POST', '/monitor', { title: 'Women and men, day by day', system: items[0].id, figure: 'selected_ratio', by: 'sex', every: 'week', limit_low: 0.8 });
  await visit(page, `/k/monitor/${made.key}?tab=live`);
  await page.getByRole('button', { name: 'What it would have shown' }).click();
  await page.locator('[data-monitor] .chart[data-ready=true] svg').waitFor({ state: 'visible' });
  const said = await page.ask('POST', '/monitors/preview', { system: items[0].id, figure: 'selected_ratio', by: 'sex', every: 'week', limit_low: 0.8, min_n: 100, needed_m: 1, needed_n: 1, clear_n: 1, coverage_floor: 0.8, windows: 30 });
  truth(said.opened >= 1, 'the demo has a release that was unfair');
  await page.getByText(`It would have opened ${said.opened} time`).waitFor();
  equal(await page.locator('[data-monitor] table tbody tr').count(), said.points.length, 'a row a window');
  equal((await page.ask('GET', `/monitor/${made.key}`)).version, made.version, 'nothing was written');
  await clean(page, 'what it would have shown');
  complain(page);
  await page.context().close();
});

await test('live: a chart finds what no limit says: its lines, what they are held against, the same as a table, and before it is activated', async () => {
  const page = await signedIn(browser, 'priya');
  const found = (await page.ask('GET', '/monitor?state=active,breached,answered&limit=100')).items.find((one) => one.judge === 'cusum');
  const said = await page.ask('GET', `/monitors/${found.key}/series`);
  truth(said.points.some((one) => one.status === 'breach') && said.limit_low === null && said.limit_high === null, 'it was found without a limit');
  await visit(page, `/k/monitor/${found.key}?tab=live`);
  await page.locator('[data-chart=cusum] .chart[data-ready=true] svg').waitFor({ state: 'visible' });
  await page.getByText(`learned from ${said.level_n} windows`).waitFor();
  await page.getByText('once in 469 windows').waitFor();
  await page.getByText('by a decision on a new baseline alone').waitFor();
  await clean(page, 'a chart of change');
  await page.locator('[data-monitor]').getByRole('button', { name: 'Table', exact: true }).click();
  const head = await page.locator('[data-monitor] table thead th').allInnerTexts();
  truth(['C+', 'C−', 'Chart not above'].every((one) => head.includes(one)), `the table has ${head}`);
  const now = await page.locator('[data-monitor] table tbody tr').first().locator('td').allInnerTexts();
  truth(now.includes(String(said.points.at(-1).chart_high)), `the latest window: ${now}`);
  const made = await page.ask('POST', '/monitor', { title: 'The level, held against its own', system: found.system, figure: 'selected', every: 'day', judge: 'ewma', min_n: 30, level_from: found.level_from, level_to: found.level_to });
  await page.setViewportSize({ width: 390, height: 844 });
  await visit(page, `/k/monitor/${made.key}?tab=live`);
  await page.getByRole('button', { name: 'What it would have shown' }).click();
  await page.locator('[data-chart=ewma] .chart[data-ready=true] svg').waitFor({ state: 'visible' });
  await page.getByText(/It would have opened \d+ times? in the last 90 windows/).waitFor();
  await clean(page, 'a chart of change before it is activated, narrow');
  complain(page);
  await page.context().close();
});

await test('live: what drifted, as the server says it, against the baseline of a monitor and against days that are chosen', async () => {
  const page = await signedIn(browser, 'lin');
  const { items } = await page.ask('GET', '/ai_system?state=operating&limit=1');
  const [{ key, id }] = items;
  const monitor = (await page.ask('GET', `/monitor?system=${id}&limit=100`)).items.find((one) => one.baseline_from);
  const said = (await page.ask('GET', `/systems/${key}/metrics?from=${monitor.baseline_to}&reference_from=${monitor.baseline_from}&reference_to=${monitor.baseline_to}`)).drift;
  truth(said.columns.income.drifted && said.columns.purpose.drifted === false, 'the demo has a feature that drifts, and one that does not');
  await visit(page, `/k/ai_system/${key}?tab=live`);
  await page.locator('.drift').scrollIntoViewIfNeeded();
  await page.locator('.drift [data-column]').first().waitFor();
  equal(await page.locator('#drift-from').inputValue(), monitor.baseline_from, 'the reference is the baseline');
  const names = await page.locator('.drift [data-column^="columns."]').evaluateAll((rows) => rows.map((row) => row.dataset.column.slice(8)));
  equal(names, Object.keys(said.columns).sort((a, b) => said.columns[b].psi - said.columns[a].psi), 'the furthest apart first');
  const row = (name) => page.locator(`.drift [data-column="columns.${name}"]`);
  truth((await row('income').innerText()).includes(String(Math.round(1000 * said.columns.income.psi) / 1000)) && (await row('income').innerText()).includes('Drifted'), 'its figure and what it means');
  truth((await row('purpose').innerText()).includes('Within limits'), 'one that did not drift');
  await row('purpose').getByRole('button').click();
  const spread = await page.locator('.drift .spread tbody tr').allInnerTexts();
  equal(spread.length, said.columns.purpose.categories.filter((one) => !one.gathered || one.reference + one.current).length, 'a line a value');
  await clean(page, 'drift by column');
  await picture(page, 'drift');
  await page.getByRole('link', { name: 'Set a limit on it' }).click();
  await page.waitForURL(/\/new\?/);
  equal([...new URL(page.url()).searchParams].filter(([name]) => name !== 'system').map(([, value]) => value), ['psi', 'purpose', monitor.baseline_from, monitor.baseline_to], 'a monitor of that column, to be filled in');
  await page.goBack();
  await page.locator('.drift').scrollIntoViewIfNeeded();
  await page.locator('.drift [data-column]').first().waitFor();
  await page.locator('#drift-from').fill('2001-01-01');
  await page.locator('#drift-to').fill('2001-02-01');
  await page.locator('#drift-to').press('Enter');
  await page.getByText('There is no prediction in the reference period').waitFor();
  await page.setViewportSize({ width: 390, height: 844 });
  equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, 'pixels wider than a phone');
  complain(page);
  await page.context().close();
});

await browser.close();
done();
