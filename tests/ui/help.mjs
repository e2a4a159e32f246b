// SPDX-License-Identifier: Apache-2.0
// Help where the question is: from a gap to what mends it and gone, by keys alone; the example of a field as a start;
// a word of the glossary in a text, and found on its page in both languages.
import { readFileSync } from 'node:fs';
import { axePath, becomes, done, equal, open, settled, signedIn, test, truth, visit } from './browser.mjs';

const browser = await open();
const close = (page) => page.context().close();
const complain = (page) => equal(page.complaints, [], 'what the page complained about');
const axe = readFileSync(axePath, 'utf8');
async function clean(page, what) {
  await page.evaluate(axe);
  const wrong = await page.evaluate(async () => (await globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })).violations.map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 160)}`));
  equal(wrong, [], `what axe found on ${what}`);
}

await test('a gap leads to the form that mends it, and is gone', async () => {
  const page = await signedIn(browser, 'lin');
  await visit(page, '/gaps/9.3.1');
  await settled(page);
  const gap = page.locator('#chk-doc-9\\.3-nothing');
  truth(/No document says how management review is held/.test(await gap.innerText()), 'the gap in words');
  await clean(page, 'gaps of a requirement');
  await gap.getByRole('link', { name: 'Begin this document' }).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/k\/document\/new/);
  await settled(page);
  equal(await page.locator('#new-doc_type').inputValue(), 'procedure', 'the type is given');
  truth(/9\.3\.1/.test(await page.locator('form').innerText()), 'the requirement is given');
  await page.locator('#new-title').focus();
  await page.keyboard.type('How we hold the management review');
  await page.keyboard.press('Control+Enter');
  await page.waitForURL(/\/k\/document\/DOC-\d+\?check=chk-doc-9\.3/);
  await page.goBack();
  await visit(page, '/gaps');
  await settled(page);
  equal(await page.locator('#chk-doc-9\\.3-nothing').count(), 0, 'gaps that say nothing is written');
  truth(await page.locator('#chk-doc-9\\.3-not_published').count(), 'it is not published yet');
  // A field of a record: opened where it is filled in.
  const system = page.locator('#chk-03-undecided').getByRole('link', { name: /^Fill in/ });
  await system.focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/k\/ai_system\/SYS-\d+\?check=chk-03&field=in_scope/);
  await page.locator('#field-in_scope.editing').waitFor();
  complain(page);
  await close(page);
});

await test('help beside a field and words of the glossary', async () => {
  const page = await signedIn(browser, 'lin');
  await visit(page, '/k/risk/new');
  await settled(page);
  await page.locator('button.more').click();
  const cause = page.locator('#new-cause');
  const place = await cause.evaluate((box) => box.getBoundingClientRect().top);
  const help = page.getByRole('button', { name: 'Help: Cause' });
  equal(await help.getAttribute('tabindex'), '-1', 'Tab goes from field to field');
  await cause.focus();
  await page.keyboard.press('F1');
  const pop = page.getByRole('dialog', { name: 'Help: Cause' });
  await pop.getByText('For example').waitFor();
  await pop.getByRole('link', { name: /^6\.1\.1 / }).waitFor();
  equal(await cause.evaluate((box) => box.getBoundingClientRect().top), place, 'where the field stands');
  await clean(page, 'help of a field');
  await pop.getByRole('button', { name: 'Use as a start' }).press('Enter');
  await becomes(() => cause.inputValue(), /women over 50/, 'the example in the field');
  await help.click();
  await pop.getByText('For example').waitFor();
  equal(await pop.getByRole('button', { name: 'Use as a start' }).count(), 0, 'no start over what was typed');
  await page.keyboard.press('Escape');
  await becomes(() => pop.count(), 0, 'help that is open');
  const term = page.locator('.term', { hasText: 'AIMS' }).first();
  await term.focus();
  await page.keyboard.press('Enter');
  const meaning = page.getByRole('dialog', { name: 'AI management system' });
  await meaning.getByText('人工智能管理体系').waitFor();
  await clean(page, 'a word and what it means');
  await page.keyboard.press('Escape');
  await becomes(() => meaning.count(), 0, 'what it means, shut');
  await cause.fill('');
  complain(page);
  await close(page);
});

await test('the glossary in Chinese, by pinyin and by its address', async () => {
  const page = await signedIn(browser, 'lin', { lang: 'zh' });
  await visit(page, '/glossary#residual-risk');
  await settled(page);
  await becomes(() => page.locator('.one.here').innerText(), /残余风险/, 'the word of the address');
  truth(await page.locator('#residual-risk').evaluate((box) => { const at = box.getBoundingClientRect(); return at.top > 0 && at.bottom < innerHeight; }), 'it is in sight');
  await page.locator('#term-find').fill('cyfx');
  await becomes(() => page.locator('.one').count(), 1, 'words found by pinyin');
  await page.locator('#term-find').fill('residual');
  await becomes(() => page.locator('.one').count(), 1, 'words found in English');
  await visit(page, '/gaps');
  await settled(page);
  truth(/阻止审核/.test(await page.locator('main').innerText()), 'gaps in Chinese');
  complain(page);
  await close(page);
});

await browser.close();
done();
