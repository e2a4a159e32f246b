// SPDX-License-Identifier: Apache-2.0
// Files are looked at where they are decided about: beside their record, in the dialog that decides, on a narrow window;
// and whatever somebody put into one, it is words or a picture and nothing that runs.
import { readFileSync } from 'node:fs';
import { axePath, base, becomes, done, equal, open, signedIn, test, truth, visit } from './browser.mjs';

const browser = await open();
const axe = readFileSync(axePath, 'utf8');
const complain = (page) => equal(page.complaints, [], 'what the page complained about');
async function clean(page, where) {
  await page.evaluate(axe);
  const wrong = await page.evaluate(async () => (await globalThis.axe.run({ exclude: [['iframe']] }, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })).violations.map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 160)}`));
  equal(wrong, [], `what axe found on ${where}`);
}
const picture = async (page, name) => process.env.PICTURES && page.screenshot({ path: `${process.env.PICTURES}/shown-${name}.png` });
const narrow = async (page, where) => truth(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${where} is no wider than the window`);

/** A zip of parts that are not packed, as office programs read them. */
function zip(parts) {
  const crc = (bytes) => {
    let sum = ~0;
    for (const byte of bytes) {
      sum ^= byte;
      for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
    }
    return ~sum >>> 0;
  };
  const files = [], directory = [];
  let at = 0;
  for (const [name, text] of Object.entries(parts)) {
    const bytes = Buffer.from(text), head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt32LE(0x21000000, 6);
    head.writeUInt32LE(crc(bytes), 10);
    head.writeUInt32LE(bytes.length, 14);
    head.writeUInt32LE(bytes.length, 18);
    head.writeUInt16LE(name.length, 22);
    const more = Buffer.alloc(14);
    more.writeUInt32LE(at, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\0', 'latin1'), head, more, Buffer.from(name));
    const file = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), head, Buffer.from(name), bytes]);
    files.push(file);
    at += file.length;
  }
  const list = Buffer.concat(directory), end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...files, list, end]);
}
const paragraph = (text, style = '') => `<w:p>${style}<w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`;
const heading = (id) => `<w:pPr><w:pStyle w:val="${id}"/></w:pPr>`;
const item = '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>';
const row = (...cells) => `<w:tr>${cells.map((cell) => `<w:tc>${paragraph(cell)}</w:tc>`).join('')}</w:tr>`;
const docx = zip({
  '[Content_Types].xml': '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
  '_rels/.rels': '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
  'word/_rels/document.xml.rels': '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>',
  'word/styles.xml': '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/></w:style><w:style w:type="paragraph" w:styleId="3"><w:name w:val="heading 3"/></w:style></w:styles>',
  'word/document.xml': `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${paragraph('Bias test of October 偏差测试', heading(1))}${paragraph('Selection rates were compared for two groups over 1,204 applications.')}${paragraph('What was found', heading(3))}${paragraph('No ratio below 0.8.', item)}${paragraph('&lt;img src=x onerror="window.hit=1"&gt; is what one applicant wrote.', item)}<w:tbl>${row('Group', 'Selected', 'Ratio')}${row('A', '412 of 602', '1.00')}${row('B', '391 of 602', '0.95')}</w:tbl><w:p><w:r><w:drawing/></w:r></w:p></w:body></w:document>`,
});
const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="240" height="80" onload="window.hit=1;fetch(\'/api/v1/people\')"><script>window.top.hit=1</script><rect width="240" height="80" fill="#1d5fbf"/></svg>';
const html = '<!doctype html><script>window.top.hit = 1</script><h1>Approved</h1>';
const csv = 'Name;Note\nMia;"=HYPERLINK(""http://e.example"";""x"")"\nBo;<b>bold</b>\n';

async function store(page, name, type, bytes) {
  const reply = await page.context().request.post(`${base}/api/v1/files`, {
    headers: { 'x-csrf-token': (await page.ask('GET', '/session')).csrf }, multipart: { file: { name, mimeType: type, buffer: Buffer.from(bytes) } } });
  truth(reply.ok(), `${name} is stored: ${reply.status()}`);
  return (await reply.json()).id;
}
const ben = await signedIn(browser, 'ben');
const evidence = async (title, file) => ben.ask('POST', '/evidence', { title, file, kind_of: 'screenshot', source: 'Console', captured_at: '2026-11-20' });
// Real files: what this browser prints and paints, and a workbook that the server makes.
const paper = await ben.context().newPage();
await paper.setContent('<h1>Test report 7</h1><p>All 42 checks passed.</p>');
const files = {
  pdf: ['report.pdf', 'application/pdf', await paper.pdf()],
  png: ['screen.png', 'image/png', await paper.screenshot()],
  docx: ['bias test.docx', 'application/octet-stream', docx],
  xlsx: ['risks.xlsx', 'application/octet-stream', await (await ben.context().request.get(`${base}/api/v1/risk?format=xlsx`)).body()],
  csv: ['people.csv', 'text/csv', csv],
  txt: ['note.md', 'text/markdown', '# Note\n\n*nothing* is markup here'],
  svg: ['logo.svg', 'image/svg+xml', svg],
  html: ['page.html', 'text/html', html],
};
const made = {};
for (const [kind, [name, type, bytes]] of Object.entries(files)) made[kind] = await evidence(`Shown as ${kind}`, await store(ben, name, type, bytes));
await paper.close();
const name = (kind) => files[kind][0];
const viewer = (page) => page.locator('.viewer');
const openBeside = async (page, kind) => {
  await visit(page, `/k/evidence/${made[kind].key}`);
  await page.locator('#field-file').getByRole('button', { name: name(kind), exact: true }).click();
  await viewer(page).waitFor();
};
const hit = (page) => page.evaluate(() => window.hit);

await test('shown a Word document, a workbook, a picture and a text stand beside their record', async () => {
  for (const look of [{}, { lang: 'zh', theme: 'dark' }]) {
    const page = await signedIn(browser, 'lin', look);
    const tag = look.lang ?? 'en';
    await openBeside(page, 'docx');
    const box = viewer(page);
    equal(await box.locator('h3').first().innerText(), 'Bias test of October 偏差测试', 'a heading');
    equal(await box.locator('h4').innerText(), 'What was found', 'the next heading follows without a gap');
    equal(await box.locator('li').count(), 2, 'items are one list');
    equal(await box.locator('td').nth(7).innerText(), '391 of 602', 'a cell');
    truth((await box.innerText()).includes('<img src=x onerror="window.hit=1">'), 'markup is words');
    truth((await box.innerText()).includes(tag === 'zh' ? '文件中还有：图片。' : 'It also has: pictures.'), 'what is not shown is said');
    await clean(page, `a document beside its record, ${tag}`);
    await narrow(page, 'the record with a document');
    await picture(page, `docx-${tag}`);
    await openBeside(page, 'xlsx');
    await box.locator('tbody tr').nth(3).waitFor();
    equal(await box.locator('tbody tr').first().locator('th').innerText(), '1', 'rows have their numbers');
    equal(await box.locator('thead th').first().innerText(), 'A', 'columns their letters');
    await clean(page, `a workbook beside its record, ${tag}`);
    await narrow(page, 'the record with a workbook');
    await picture(page, `xlsx-${tag}`);
    await openBeside(page, 'png');
    await becomes(() => box.locator('img').evaluate((img) => img.naturalWidth > 100), true, 'the picture is drawn');
    await clean(page, 'a picture');
    await picture(page, `png-${tag}`);
    await openBeside(page, 'txt');
    await box.locator('pre', { hasText: '*nothing* is markup here' }).waitFor();
    equal(await hit(page), undefined, 'nothing ran');
    complain(page);
    await page.context().close();
  }
});

await test('shown a PDF is shown by the viewer of the browser, in a frame', async () => {
  const page = await signedIn(browser, 'lin');
  await openBeside(page, 'pdf');
  if (await page.evaluate(() => navigator.pdfViewerEnabled)) {
    const [reply] = await Promise.all([page.waitForResponse((one) => one.url().endsWith('/pdf')), page.reload().then(() => openBeside(page, 'pdf'))]);
    equal([reply.status(), reply.headers()['content-type']], [200, 'application/pdf'], 'what the frame was given');
    truth((await viewer(page).locator('iframe').boundingBox()).height > 400, 'the frame has room');
    await page.waitForTimeout(1500);
    await picture(page, 'pdf');
  } else await viewer(page).getByText('no viewer for PDF').waitFor();
  complain(page);
  await page.context().close();
});

await test('shown what is hostile is words or a picture, and runs nowhere', async () => {
  const page = await signedIn(browser, 'lin');
  const asked = [];
  page.on('request', (one) => asked.push(one.url()));
  await openBeside(page, 'svg');
  await becomes(() => viewer(page).locator('img').evaluate((img) => [img.naturalWidth, img.src.slice(0, 19)]), [240, 'data:image/svg+xml;'], 'SVG is a picture');
  await openBeside(page, 'html');
  await viewer(page).locator('pre', { hasText: '<h1>Approved</h1>' }).waitFor();
  await openBeside(page, 'csv');
  await viewer(page).locator('td', { hasText: '=HYPERLINK("http://e.example";"x")' }).waitFor();
  equal(await viewer(page).locator('td b, td a').count(), 0, 'no element of theirs');
  equal(await viewer(page).locator('iframe').count(), 0, 'and no frame');
  equal(await hit(page), undefined, 'nothing ran');
  equal(asked.filter((url) => !url.startsWith(base) && !url.startsWith('data:')), [], 'nobody else was asked');
  equal(asked.filter((url) => url.endsWith('/people')), [], 'nor we in somebody\'s name');
  complain(page);
  await page.context().close();
});

await test('shown by keys: v opens and closes, n and p go on, focus goes in and comes back', async () => {
  const page = await signedIn(browser, 'jon');
  const ids = [await store(page, 'one.txt', 'text/plain', 'the first'), await store(page, 'two.txt', 'text/plain', 'the second')];
  const { key, version } = await page.ask('POST', '/document', { title: 'Two files', content: { lead: 'en', versions: { en: { file: ids[0] }, zh: { file: ids[1] } } } });
  const proof = await evidence('Its proof', await store(ben, 'three.txt', 'text/plain', 'the third'));
  await page.ask('PATCH', `/document/${key}`, { evidence: [proof.id] }, { 'if-match': `"${version}"` });
  await visit(page, `/k/document/${key}`);
  await page.keyboard.press('v');
  const box = viewer(page);
  await box.locator('pre', { hasText: 'the first' }).waitFor();
  await becomes(() => page.evaluate(() => document.activeElement.className.includes('viewer')), true, 'the focus goes in');
  equal(await box.getByRole('button', { name: 'Previous file' }).isDisabled(), true, 'nothing before the first');
  await page.keyboard.press('n');
  await box.locator('pre', { hasText: 'the second' }).waitFor();
  await page.keyboard.press('n');
  await box.locator('pre', { hasText: 'the third' }).waitFor();
  await box.getByText('3 of 3').waitFor();
  await box.getByText('Its proof').waitFor();
  await page.keyboard.press('n');
  await page.keyboard.press('p');
  await box.locator('pre', { hasText: 'the second' }).waitFor();
  await clean(page, 'a file among others');
  await picture(page, 'among');
  // Paper has the record, not the file beside it.
  await page.emulateMedia({ media: 'print' });
  equal(await box.isVisible(), false, 'print leaves it out');
  await page.emulateMedia({ media: 'screen' });
  await box.locator('.viewer-body').focus(); // what is not drawn has no focus
  await page.keyboard.press('Escape');
  await box.waitFor({ state: 'detached' });
  await page.locator('#field-content').getByRole('button', { name: 'one.txt', exact: true }).focus();
  await page.keyboard.press('Enter');
  await box.locator('pre', { hasText: 'the first' }).waitFor();
  await page.keyboard.press('v');
  await box.waitFor({ state: 'detached' });
  equal(await page.evaluate(() => document.activeElement.textContent.trim()), 'one.txt', 'the focus comes back');
  await page.locator('#tab-proof').click();
  await page.getByRole('button', { name: 'Show the files of Its proof' }).click();
  await box.locator('pre', { hasText: 'the third' }).waitFor();
  // To another record it does not come along.
  await visit(page, `/k/evidence/${made.txt.key}`);
  equal(await box.count(), 0, 'it is gone with its record');
  complain(page);
  await page.context().close();
});

await test('shown on a narrow window in a dialog', async () => {
  const page = await signedIn(browser, 'lin', { width: 390, height: 844, theme: 'dark' });
  await visit(page, `/k/evidence/${made.docx.key}`);
  await page.locator('#field-file').getByRole('button', { name: name('docx'), exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Bias test of October').waitFor();
  await narrow(page, 'the dialog');
  await clean(page, 'the dialog');
  await picture(page, 'docx-390');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  complain(page);
  await page.context().close();
});

await test('shown in the dialog that decides: what was not looked at is not accepted without saying so', async () => {
  for (const kind of ['docx', 'xlsx', 'png', 'pdf']) {
    const page = await signedIn(browser, 'lin');
    await visit(page, `/k/evidence/${made[kind].key}`);
    await page.locator('#next-step').getByRole('button', { name: 'Accept as proof', exact: true }).click();
    const dialog = page.getByRole('dialog');
    const accept = dialog.getByRole('button', { name: 'Accept as proof', exact: true });
    await dialog.getByText('You have not opened this file here').waitFor();
    truth(await accept.isDisabled(), `${kind} accepted unopened`);
    await dialog.getByRole('button', { name: 'Show it here' }).click();
    if (kind === 'pdf' && !(await page.evaluate(() => navigator.pdfViewerEnabled))) {
      await dialog.getByText('no viewer for PDF').waitFor();
      truth(await accept.isDisabled(), 'what could not be shown was not looked at');
      await dialog.getByLabel('I have read it elsewhere').check();
    } else await becomes(() => dialog.getByText('You have not opened').count(), 0, `${kind} is looked at`);
    await clean(page, `the dialog with ${kind}`);
    await picture(page, `accept-${kind}`);
    await accept.click();
    await becomes(async () => (await page.ask('GET', `/evidence/${made[kind].id}`)).state, 'accepted', 'the state');
    complain(page);
    await page.context().close();
  }
});

await test('shown what cannot be shown says why, and is not taken for looked at', async () => {
  const broken = await evidence('A slide show', await store(ben, 'talk.pptx', 'application/octet-stream', zip({ '_rels/.rels': '<Relationships><Relationship Id="a" Type="x/officeDocument" Target="ppt/presentation.xml"/></Relationships>', 'ppt/presentation.xml': '<p/>' })));
  const page = await signedIn(browser, 'lin');
  await visit(page, `/k/evidence/${broken.key}`);
  await page.locator('#next-step').getByRole('button', { name: 'Accept as proof', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Show it here' }).click();
  await dialog.getByText('slides cannot be shown here').waitFor();
  truth(await dialog.getByRole('button', { name: 'Accept as proof', exact: true }).isDisabled(), 'accepted unseen');
  await picture(page, 'cannot');
  const [download] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('link', { name: 'Download' }).last().click()]);
  equal(download.suggestedFilename(), 'talk.pptx', 'it can be fetched');
  await becomes(() => dialog.getByRole('button', { name: 'Accept as proof', exact: true }).isDisabled(), false, 'and then decided');
  complain(page);
  await page.context().close();
});

await ben.context().close();
await browser.close();
done();
