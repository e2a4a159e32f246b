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

await browser.close();
done();
