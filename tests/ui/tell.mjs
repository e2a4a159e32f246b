// SPDX-License-Identifier: Apache-2.0
// People hear of things by their own wish: a record is watched, a comment names somebody.
import { becomes, done, equal, open, settled, signedIn, test, truth, visit } from './browser.mjs';

const browser = await open();
const close = (page) => page.context().close();
const complain = (page) => equal(page.complaints, [], 'complaints of the page');
const notices = async (page) => (await page.ask('GET', '/notices')).items;

await test('tell watch: one click or a key, a notice, a list, and an end to it', async () => {
  const lin = await signedIn(browser, 'lin');
  const priya = await signedIn(browser, 'priya');
  const made = await lin.ask('POST', '/task', { title: 'Put the archive in order', confidentiality: 'internal', unit: null, due: '2027-03-01' });
  await visit(priya, `/k/task/${made.key}`);
  await priya.getByRole('button', { name: 'Watch', exact: true }).click();
  const stop = priya.getByRole('button', { name: 'Stop watching', exact: true });
  await stop.waitFor();
  equal((await priya.ask('GET', `/task/${made.key}`)).watching, true, 'what the server keeps');
  equal((await lin.ask('GET', `/task/${made.key}`)).watching, false, 'what somebody else sees');
  await priya.keyboard.press('w');
  await priya.getByRole('button', { name: 'Watch', exact: true }).waitFor();
  await priya.keyboard.press('w');
  await stop.waitFor();
  await lin.ask('PATCH', `/task/${made.key}`, { due: '2027-04-02' }, { 'if-match': '"1"' });
  await lin.ask('POST', `/task/${made.key}/comments`, { body: 'Shelf by shelf.' });
  equal((await notices(priya)).filter((n) => n.key === made.key).map((n) => n.event), ['comment', 'due'], 'what was told');
  await visit(priya, '/');
  const part = priya.locator('#part-notices');
  await part.getByText('You watch it: somebody commented').waitFor();
  truth(/You watch it: Due.* is now .*2027/.test(await part.innerText()), 'the new day is named');
  await part.getByRole('link', { name: 'Put the archive in order' }).first().click();
  await settled(priya);
  await priya.getByText('Shelf by shelf.').waitFor();
  await visit(priya, '/settings');
  await priya.getByRole('button', { name: `Stop watching ${made.key}` }).click();
  await priya.getByText('You watch nothing.').waitFor();
  equal((await priya.ask('GET', '/watching')).items, [], 'the list');
  complain(priya);
  await Promise.all([close(lin), close(priya)]);
});

await test('tell mention: @ offers who may read it, the name stands in the comment, and whoever is named is told', async () => {
  const lin = await signedIn(browser, 'lin');
  const priya = await signedIn(browser, 'priya');
  const made = await lin.ask('POST', '/task', { title: 'Look at the lamp', confidentiality: 'internal', unit: null });
  await visit(lin, `/k/task/${made.key}?tab=comments`);
  const box = lin.locator('#comment');
  const list = lin.getByRole('listbox', { name: 'People who may read this' });
  await box.fill('mail lin@pri');
  await lin.waitForTimeout(400);
  equal(await list.isVisible(), false, 'a list in an address of mail');
  await box.fill('');
  await box.pressSequentially('请@pri');
  await list.getByRole('option', { name: /^Priya/ }).waitFor();
  equal(await box.getAttribute('aria-activedescendant'), 'comment-person-0', 'the choice that is announced');
  await box.press('Enter');
  await becomes(() => box.inputValue(), /^请@Priya[^@]* $/, 'what is written');
  await box.pressSequentially('看一下 <img src=x onerror=alert(1)>');
  await box.press('Control+Enter');
  const said = lin.locator('.comment').last();
  await said.getByText(/^@Priya/).waitFor();
  truth((await said.innerText()).includes('<img src=x onerror=alert(1)>'), 'text stays text');
  equal(await said.locator('img').count(), 0, 'markup of a comment');
  const [kept] = (await lin.ask('GET', `/task/${made.key}/comments`)).items;
  truth(/^请@\[usr_[0-9A-Z]{26}\] 看一下/.test(kept.body), `what is kept: ${kept.body}`);
  equal((await notices(priya)).filter((n) => n.key === made.key).map((n) => n.event), ['mention'], 'what was told');
  await visit(priya, '/');
  await priya.locator('#part-notices').getByText('A comment names you').first().waitFor();
  complain(lin);
  complain(priya);
  await Promise.all([close(lin), close(priya)]);
});

await test('tell mention: Escape leaves the text as it is, a draft keeps its names', async () => {
  const lin = await signedIn(browser, 'lin', { lang: 'zh' });
  const made = await lin.ask('POST', '/task', { title: 'Look again', confidentiality: 'internal', unit: null });
  await visit(lin, `/k/task/${made.key}?tab=comments`);
  const box = lin.locator('#comment');
  const list = lin.locator('#comment-people');
  await box.pressSequentially('@pri');
  await list.getByRole('option').first().waitFor();
  await box.press('Escape');
  await becomes(() => list.isVisible(), false, 'the list');
  equal(await box.inputValue(), '@pri', 'the text');
  await box.pressSequentially('y');
  await list.getByRole('option').first().click();
  await becomes(() => box.inputValue(), /^@Priya/, 'what is written');
  await lin.locator('#tab-history').click();
  await lin.locator('#tab-comments').click();
  await becomes(() => box.inputValue(), /^@Priya/, 'the draft');
  await box.press('Control+Enter');
  await lin.locator('.comment').last().getByText(/^@Priya/).waitFor();
  complain(lin);
  await close(lin);
});

await test('tell calendar: an address is made, shown once, fetched without signing in, and ended', async () => {
  const page = await signedIn(browser, 'kim');
  await visit(page, '/settings');
  const part = page.locator('#calendar-feed');
  await part.getByRole('button', { name: 'Make an address', exact: true }).click();
  const box = part.getByLabel('Address of my calendar');
  await box.waitFor();
  const address = await box.inputValue();
  truth(/\/calendar\/usr_[0-9A-Z]{26}\.[\w-]{43}\.ics$/.test(address), address);
  const fetched = await fetch(address);
  equal([fetched.status, fetched.headers.get('content-type')], [200, 'text/calendar; charset=utf-8'], 'what a calendar program gets');
  await page.reload();
  await settled(page);
  await part.getByText('There is an address since').waitFor();
  equal(await box.count(), 0, 'the address afterwards');
  await part.getByRole('button', { name: 'End the address' }).click();
  await part.getByRole('button', { name: 'Make an address', exact: true }).waitFor();
  equal((await fetch(address)).status, 404, 'what is there afterwards');
  complain(page);
  await close(page);
});

await browser.close();
done();
