// SPDX-License-Identifier: Apache-2.0
// A document in two languages: read with a tab a language, written with tools, brought out of step and back, and never
// shown as anything but elements of our own.
import { readFileSync } from 'node:fs';
import { axePath, done, equal, open, settled, signedIn, test, truth, visit } from './browser.mjs';

const browser = await open();
const axe = readFileSync(axePath, 'utf8');
const complain = (page) => equal(page.complaints, [], 'what the page complained about');
async function clean(page, where) {
  await page.evaluate(axe);
  const wrong = await page.evaluate(async () => (await globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })).violations.map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 160)}`));
  equal(wrong, [], `what axe found on ${where}`);
}
const picture = async (page, name) => process.env.PICTURES && page.screenshot({ path: `${process.env.PICTURES}/documents-${name}.png`, fullPage: true });
const narrow = async (page, where) => truth(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${where} is no wider than the window`);
const find = async (page, ref) => (await page.ask('GET', `/document?ref_no=${ref}`)).items[0].key;

await test('E4 a policy is read in either language, and its references lead on', async () => {
  for (const look of [{}, { lang: 'zh', theme: 'dark' }, { width: 390, height: 844 }, { lang: 'zh', theme: 'dark', width: 390, height: 844 }]) {
    const page = await signedIn(browser, 'lin', look);
    await visit(page, `/k/document/${await find(page, 'POL-01')}`);
    const box = page.locator('#field-content');
    await box.getByRole('tab').nth(1).waitFor();
    equal(await box.locator('h3').innerText(), look.lang === 'zh' ? '人工智能方针' : 'AI policy', 'the language of the reader comes first');
    equal(await box.locator('ol > li').count(), 5, 'the promises are a list');
    equal(await box.locator('th').count(), 2, 'the table has a head');
    truth((await box.locator('a', { hasText: '5.2' }).getAttribute('href')).endsWith('/readiness#row-5.2'), 'a clause leads to its row');
    equal(await box.locator('[data-step]').getAttribute('data-step'), look.lang === 'zh' ? 'in_step' : 'leads', 'how it stands');
    await box.getByRole('tab').nth(look.lang === 'zh' ? 0 : 1).click();
    equal(await box.locator('h3').innerText(), look.lang === 'zh' ? 'AI policy' : '人工智能方针', 'the other tab is the other language');
    await narrow(page, 'the policy');
    await clean(page, 'a policy');
    await picture(page, `read-${look.lang ?? 'en'}-${look.width ?? 1280}`);
    complain(page);
    await page.context().close();
  }
});

await test('E4 a translation that is behind says since when, and is brought into step by who has compared it', async () => {
  const page = await signedIn(browser, 'jon');
  const key = await find(page, 'PLN-04');
  await visit(page, `/k/document/${key}`);
  const box = page.locator('#field-content');
  await box.getByText('Not in step with Chinese since version 2').waitFor();
  await picture(page, 'behind');
  await box.getByRole('button', { name: 'Edit: Text in its languages' }).click({ force: true });
  await box.getByRole('tab', { name: 'English' }).click();
  await clean(page, 'the editor');
  await box.getByRole('button', { name: 'Compared with Chinese as of version 2: nothing to change' }).click();
  await box.getByText('compared with version 2').waitFor();
  await picture(page, 'compared');
  await box.getByRole('button', { name: 'Save' }).click();
  await box.getByText(/^In step with Chinese/).waitFor();
  const now = await page.ask('GET', `/document/${key}`);
  equal([now.content.versions.en.compared, now.content.versions.en.behind, now.in_step], [2, undefined, true], 'what the server says');
  complain(page);
  await page.context().close();
});

await test('E4 a document is written in the page, in two languages, and refused where it is none', async () => {
  for (const look of [{}, { theme: 'dark', width: 390, height: 844 }]) {
    const page = await signedIn(browser, 'jon', look);
    const { key } = await page.ask('POST', '/document', { title: `Rules for ${look.width ?? 1280}` });
    await visit(page, `/k/document/${key}`);
    const box = page.locator('#field-content');
    await box.getByRole('button', { name: 'Edit: Text in its languages' }).click({ force: true });
    await box.getByLabel('Title in English').fill('Rules');
    const text = box.getByLabel('Text in English');
    await text.fill('Scope');
    await box.getByRole('button', { name: 'Heading' }).click();
    equal(await text.inputValue(), '## Scope', 'a tool writes the mark');
    await text.fill('## Scope\n\n<img src=x onerror=alert(1)>');
    await box.getByText('Line 3: HTML is not part of a text').waitFor();
    await box.getByRole('button', { name: 'Save' }).click();
    await picture(page, `refused-${look.width ?? 1280}`);
    equal((await page.ask('GET', `/document/${key}`)).content, undefined, 'what is refused is not saved');
    await text.fill('## Scope\n\n- **one** <- two\n- \\<b>three\\</b>\n\n[[RSK-0001]] [site](https://a.example/x)');
    await box.getByRole('button', { name: 'As it will look' }).click();
    equal(await box.locator('.preview li').count(), 2, 'the preview has the list');
    equal(await box.locator('.preview b').count(), 0, 'and no element that somebody typed');
    await box.getByLabel('Add a language').selectOption('zh');
    await box.getByLabel('Title in Chinese').fill('规则');
    await box.getByLabel('A file').check();
    await box.locator('input[type=file]').setInputFiles({ name: 'guize.docx', mimeType: 'application/octet-stream', buffer: Buffer.from('words') });
    await box.getByText('guize.docx').waitFor();
    await narrow(page, 'the editor');
    await clean(page, 'the editor with a file');
    await picture(page, `write-${look.width ?? 1280}`);
    await box.getByRole('button', { name: 'Save' }).click();
    await box.getByRole('button', { name: 'Save' }).waitFor({ state: 'detached' }); // the editor has tabs too
    await box.getByRole('tab', { name: 'Chinese' }).click();
    await box.getByRole('link', { name: 'guize.docx' }).waitFor();
    const { content, in_step: step } = await page.ask('GET', `/document/${key}`);
    equal([content.lead, content.versions.en.title, content.versions.en.changed, content.versions.zh.title, step], ['en', 'Rules', 2, '规则', true], 'what was saved');
    await box.getByRole('tab', { name: 'English' }).click();
    equal(await box.locator('li').nth(1).innerText(), '<b>three</b>', 'marks that were meant as characters are characters');
    equal(await box.locator('b, img, script').count(), 0, 'no element that somebody typed');
    // The record's history tells what it was.
    await page.locator('#tab-history').click();
    await page.getByText('guize.docx').first().waitFor();
    complain(page);
    await page.context().close();
  }
});

await test('E4 a list shows the languages, marks the one that is behind, and is asked for a language', async () => {
  const page = await signedIn(browser, 'lin');
  await page.addInitScript(() => { try { localStorage.setItem('aimwell.columns.document', '["title","content","in_step"]'); } catch { /* about:blank keeps nothing */ } });
  await visit(page, '/k/document');
  await settled(page);
  await page.locator('tbody').getByText('Chinese').first().waitFor();
  await picture(page, 'list');
  equal((await page.ask('GET', '/document?content=zh')).total >= 2, true, 'those with Chinese');
  complain(page);
  await page.context().close();
});

await browser.close();
done();
