// SPDX-License-Identifier: Apache-2.0
// A day of each role, from Today to its end: once by mouse, and once by keys alone, where no pointer is touched. The
// acts are the same; what came of each is asked of the server: the state, who did it, and the entry in the ledger.
import { becomes, done, equal, fileAsked, open, password, settled, signedIn, test, truth, visit } from './browser.mjs';

const browser = await open();
const day = (plus) => new Date(Date.now() + plus * 86400000).toISOString().slice(0, 10);
const close = (...all) => Promise.all(all.map((one) => (one.page ?? one).context().close()));
const witness = await signedIn(browser, 'lin');
/** The newest act on a record: who did what, as the history says and the ledger keeps. */
async function recorded(reader, kind, key, { act, move, to }, who) {
  const { items } = await reader.ask('GET', `/${kind}/${key}/history?limit=20`);
  const found = items.find((one) => (!act || one.act === act) && (!move || one.move === move));
  truth(found, `${key}: nobody did ${act ?? move}: ${JSON.stringify(items.map((one) => [one.act, one.move]))}`);
  equal(found.actor.id, who, `who did ${act ?? move} on ${key}`);
  if (to) equal(found.to, to, `where ${move} led ${key}`);
  const { entries } = await witness.ask('GET', `/ledger/entries?from=${found.ledger}&limit=1`);
  equal([entries[0].n, entries[0].leaf.actor.id, entries[0].leaf.act], [found.ledger, who, found.act], `the entry of ${act ?? move} on ${key}`);
}

/** Somebody at work. With `keys` there is no pointer: whatever one does to the page is counted, and must be nothing. */
async function at(who, how, options = {}) {
  const page = await signedIn(browser, who, options);
  const keys = how === 'keys';
  await page.addInitScript(() => {
    globalThis.pointed = 0;
    for (const type of ['pointerdown', 'mousedown', 'mousemove', 'wheel', 'touchstart', 'dragstart']) addEventListener(type, (e) => { if (e.isTrusted) globalThis.pointed++; }, true);
    globalThis.printed = [];
    globalThis.print = () => globalThis.printed.push(document.querySelector('h1')?.innerText);
  });
  const me = (await page.ask('GET', '/session')).user.id;
  const has = (locator) => locator.evaluate((one) => one === document.activeElement);
  const where = () => page.evaluate(() => { const e = document.activeElement; return `${e.tagName} ${e.id} ${(e.getAttribute('aria-label') ?? e.innerText ?? '').slice(0, 50)}`.replace(/\s+/g, ' '); });
  const self = {
    page, me, keys, pressed: 0,
    key: async (...names) => { for (const name of names) { self.pressed++; await page.keyboard.press(name); } },
    type: (text) => page.keyboard.insertText(text),
    /** With Tab alone, in few steps. */
    to: async (locator, { most = 30, back = false } = {}) => {
      await locator.waitFor({ state: 'attached' });
      for (let n = 0; n <= most; n++) {
        if (await has(locator)) return;
        await self.key(back ? 'Shift+Tab' : 'Tab');
      }
      throw new Error(`not reached by ${most} Tabs; at ${await where()}`);
    },
    press: async (locator, way) => {
      if (!keys) return locator.click();
      await self.to(locator, way);
      await self.key('Enter');
    },
    /** A number or a row of a tile of Today: beside the work, or above it. */
    tile: async (locator, beside = 'l') => {
      await locator.waitFor();
      if (!keys) return locator.click();
      await self.key(beside);
      for (let n = 0; n < 40 && !await has(locator); n++) await self.key('j');
      truth(await has(locator), `the tile is not reached; at ${await where()}`);
      await self.key('Enter');
    },
    /** A field of the record that is shown, opened to be written in. */
    field: async (name) => {
      const line = page.locator(`#field-${name}`);
      if (!keys) await line.locator('.pencil').click();
      else {
        for (let n = 0; n < 60 && !await has(line.locator('.pencil')); n++) await self.key('j');
        await self.key('e');
      }
      return line;
    },
    write: async (locator, text) => {
      if (keys) await self.to(locator);
      else await locator.click();
      await page.keyboard.press('Control+a');
      await self.type(text);
    },
    /** One of the radios of a field, or of the options of a select. */
    choose: async (box, value) => {
      await box.waitFor();
      if (await box.evaluate((one) => one.tagName) === 'SELECT') {
        if (!keys) return box.selectOption(value);
        await self.to(box);
        for (let n = 0; n < 20 && (await box.inputValue()) !== value; n++) await self.key('ArrowDown');
        return equal(await box.inputValue(), value, 'what is chosen');
      }
      const one = box.locator(`input[value="${value}"]`);
      if (!keys) return one.check();
      await self.to(box.locator('input').first());
      if (!(await one.isChecked())) await self.key('Space');
      for (let n = 0; n < 12 && !(await one.isChecked()); n++) await self.key('ArrowDown');
      truth(await one.isChecked(), `${value} is not chosen`);
    },
    /** A record by its key, from anywhere. */
    find: async (kind, key) => {
      if (keys) await self.key('Control+k');
      else await page.locator('header.bar .find').click();
      await becomes(() => page.evaluate(() => document.activeElement?.getAttribute('role')), 'combobox', 'where one types');
      await self.type(key);
      const option = page.locator('.palette [role=option]', { hasText: key }).first();
      await option.waitFor();
      if (keys) await self.key('Enter');
      else await option.click();
      await page.waitForURL(new RegExp(`/k/${kind}/${key}$`));
      await page.locator('h1', { hasText: key }).waitFor();
      await settled(page);
    },
    /** A place by its name: in the sidebar, or as one types it. */
    go: async (name, path) => {
      if (!keys) await page.locator('aside nav a.leaf', { hasText: name }).first().click();
      else {
        await self.key('Control+k');
        await becomes(() => page.evaluate(() => document.activeElement?.getAttribute('role')), 'combobox', 'where one types');
        await self.type(name);
        const first = page.locator('.palette [role=option]').first();
        await becomes(async () => (await first.innerText()).includes(name), true, `${name} is the first`);
        await self.key('Enter');
      }
      await page.waitForURL((url) => url.pathname === path);
      await settled(page);
    },
    today: async () => {
      if (keys) await self.key('g', 't');
      else await page.locator('aside nav a.leaf', { hasText: 'Today' }).click();
      await page.waitForURL((url) => url.pathname === '/');
      await settled(page);
    },
    /** To a piece of work on Today; what is folded opens on the way. */
    work: async (key) => {
      const row = page.locator('#work .task', { hasText: key });
      if (!keys) {
        for (const more = page.locator('.fold .link'); !await row.count() && await more.count();) await more.first().click();
        await row.waitFor();
        return row;
      }
      for (let n = 0; n < 150; n++) {
        const here = await page.evaluate(() => { const e = document.activeElement; return e?.closest('.fold') ? 'fold' : (e?.closest('.task')?.querySelector('.key')?.textContent ?? ''); });
        if (here === key) return row;
        if (here !== 'fold') { await self.key('j'); continue; }
        const folds = await page.locator('.fold').count();
        await self.key('Enter');
        await becomes(() => page.locator('.fold').count(), folds - 1, 'folds');
        await becomes(async () => (await where()).startsWith('A'), true, 'the first that was unfolded has the focus');
      }
      throw new Error(`${key} is not among the work`);
    },
    take: async (key) => {
      const row = await self.work(key);
      if (keys) await self.key('a');
      else await row.locator('.act button').click();
      return row;
    },
    /** A step of the record that is shown. */
    step: async (name) => {
      const button = page.locator('#next-step').getByRole('button', { name, exact: true });
      await button.waitFor();
      if (!keys) return button.click();
      await self.key('m');
      await self.to(button, { most: 6 });
      await self.key('Enter');
    },
    dialog: page.getByRole('dialog'),
    /** What the dialog asks for is there: it is sent, with the password where it must be. */
    send: async () => {
      const secret = self.dialog.locator('#ask-password');
      if (await secret.count()) await self.write(secret, password);
      if (keys) await self.key('Control+Enter');
      else await self.dialog.locator('.dialog-foot .main').click();
      await self.dialog.waitFor({ state: 'detached' });
    },
    /** Where the keys go on after something has gone: never nowhere. */
    stands: async (what) => {
      if (keys) await becomes(() => page.evaluate(() => document.activeElement !== document.body && !!document.activeElement?.closest('#main') && document.activeElement.id !== 'main'), true, `the focus is lost ${what} (${await where()})`);
    },
    end: async () => {
      if (keys) equal(await page.evaluate(() => globalThis.pointed), 0, 'pointer events of somebody without a pointer');
      equal(page.complaints, [], 'what the page complained about');
      await close(page);
    },
  };
  return self;
}
/** The same day by mouse and by keys. */
async function days(role, who, run) {
  for (const how of ['mouse', 'keys']) await test(`days of ${role} by ${how}`, async () => {
    const self = await at(typeof who === 'string' ? who : who[how], how);
    await run(self);
    await self.end();
    if (self.keys) console.log(`# ${role}: ${self.pressed} keys`);
  });
}
const as = async (who, act) => { const page = await signedIn(browser, who); try { return await act(page); } finally { await close(page); } };
const sure = (page) => page.ask('POST', '/session/fresh', { password });
const given = (title, owner, more = {}) => as('ben', (ben) => ben.ask('POST', '/task', { title, owner, due: day(5), ...more }));
const state = async (reader, kind, key) => (await reader.ask('GET', `/${kind}/${key}`)).state;

await days('a governance lead', 'lin', async (self) => {
  const { page, me } = self;
  const { key } = await given(`Days: ask the works council, by ${self.keys}`, me);
  await visit(page, '/');
  // A number of another's leads to its rows, and back.
  await self.tile(page.locator('[data-tile=overdue_by_owner] .group a').first());
  await page.waitForURL(/\/k\/task\?.*owner=/);
  await settled(page);
  truth(await page.locator('tbody a.title').count() > 0, 'nobody is late after all');
  await self.today();
  // Begun from its row; the next piece of work is under the keys then.
  await self.take(key);
  await becomes(() => state(witness, 'task', key), 'doing', 'the task');
  await self.stands('after a step on Today');
  await recorded(page, 'task', key, { move: 'start', to: 'doing' }, me);
  // Finished from the board: no card is dragged.
  await self.go('Tasks', '/k/task');
  await self.press(page.getByRole('link', { name: 'Board', exact: true }), { most: 40 });
  const card = page.locator(`[data-card="${key}"]`);
  await card.waitFor();
  if (self.keys) {
    await self.key('j');
    await self.key('l');
    for (let n = 0; n < 40 && !await card.evaluate((one) => one === document.activeElement); n++) await self.key('j');
    await self.key('m');
  } else {
    await card.hover();
    await page.getByRole('button', { name: `Move ${key} to …` }).click();
  }
  await self.press(self.dialog.getByRole('button', { name: /^Finish/ }), { most: 4 });
  await self.write(self.dialog.locator('#ask-outcome'), 'They agree.');
  await self.send();
  await becomes(() => state(witness, 'task', key), 'done', 'the task');
  await self.stands('after a card has left the board');
  await recorded(page, 'task', key, { move: 'finish', to: 'done' }, me);
  await self.today();
  await becomes(() => page.locator('#work .task', { hasText: key }).count(), 0, 'what still waits of it', 20000);
});

const rated = ['scope_type', 'system', 'cause', 'event', 'effect', 'affected', 'source', 'taxonomy', 'stage', 'objective', 'c_org', 'c_ind', 'c_soc', 'c_rationale', 'likelihood', 'l_basis', 'confidence'];
/** A risk of somebody, evaluated by the assessor: as grave as one that is there, or as light as can be. */
const evaluated = (title, owner, light) => as('sara', async (sara) => {
  const like = (await sara.ask('GET', '/risk?state=evaluated&sort=-current&limit=1')).items[0].id;
  const whole = await sara.ask('GET', `/risk/${like}`);
  const of = Object.fromEntries(rated.filter((name) => whole[name] !== undefined).map((name) => [name, whole[name]]));
  const made = await sara.ask('POST', '/risk', { ...of, title, owner, ...(light ? { c_org: 1, c_ind: 1, c_soc: 1, likelihood: 1, confidence: 'high' } : {}) });
  for (const move of ['analyse', 'evaluate']) await sara.ask('POST', `/risk/${made.id}/moves/${move}`, {});
  return made;
});
await days('a risk owner', 'tom', async (self) => {
  const { page, me } = self;
  const grave = await evaluated(`Days: refused without a reason, by ${self.keys}`, me, false);
  const light = await evaluated(`Days: a typing error in a letter, by ${self.keys}`, me, true);
  await visit(page, '/');
  // From what is above tolerance to the risk, by its list.
  await self.tile(page.locator('[data-tile=above_tolerance] h3 a'));
  await page.waitForURL(/untreated=above/);
  await settled(page);
  const title = page.locator('tbody tr', { hasText: grave.key }).locator('a.title');
  if (self.keys) {
    for (let n = 0; n < 40 && (await page.evaluate(() => document.activeElement?.closest('tr')?.querySelector('.key')?.textContent)) !== grave.key; n++) await self.key('j');
    await self.key('Enter');
  } else await title.click();
  await page.locator('h1', { hasText: grave.key }).waitFor();
  await settled(page);
  await self.step('Decide on treatment');
  await self.choose(self.dialog.locator('#ask-option'), 'reduce');
  await self.send();
  await becomes(() => state(page, 'risk', grave.key), 'treatment_decided', 'the risk');
  await self.stands('after a step of a record');
  await recorded(page, 'risk', grave.key, { move: 'decide', to: 'treatment_decided' }, me);
  // What is done about it, with what is known already.
  await self.press(page.locator('button.add-to').first(), { most: 20, back: self.keys });
  await self.press(page.getByRole('menuitem', { name: 'Plan a treatment' }));
  await page.waitForURL(/\/k\/treatment\/new/);
  await becomes(() => page.locator('#new-title').inputValue(), grave.title, 'the title that is known');
  if (self.keys) await self.key('Control+Enter');
  else await page.getByRole('button', { name: /^Create/ }).click();
  await page.waitForURL(/\/k\/treatment\/TRT-/);
  const treatment = page.url().match(/TRT-\d+/)[0];
  const planned = await page.ask('GET', `/treatment/${treatment}`);
  equal([planned.risk, planned.state], [grave.id, 'proposed'], 'the treatment');
  await recorded(page, 'treatment', treatment, { act: 'record.create' }, me);
  // What is light is accepted anew, for a time.
  await self.find('risk', light.key);
  await self.step('Accept, within appetite');
  await self.write(self.dialog.locator('#ask-acceptance_reason'), 'It is seen and mended at once.');
  await self.write(self.dialog.locator('#ask-acceptance_until'), day(60));
  await self.send();
  await becomes(() => state(page, 'risk', light.key), /accepted|monitored/, 'the risk');
  await recorded(page, 'risk', light.key, { move: 'accept_within_appetite', to: 'accepted' }, me);
  equal((await page.ask('GET', `/risk/${light.key}`)).acceptance_until, day(60), 'until when');
  // The map of one's own.
  if (self.keys) await self.key('g', 'm');
  else await page.locator('aside nav a.leaf', { hasText: 'Risk map' }).click();
  await page.waitForURL(/\/map/);
  await settled(page);
  await self.choose(page.locator('.narrow select', { has: page.locator(`option[value="${me}"]`) }).first(), me);
  await page.waitForURL((url) => url.searchParams.get('owner') === me);
  await settled(page);
  const mine = (await page.ask('GET', '/risk?owner=me&state.not=closed,duplicate&limit=1')).total;
  await becomes(async () => Number((await page.locator('.sub h2').innerText()).match(/\d+/)?.[0]), mine, 'the risks of one\'s own');
  if (self.keys) await self.key('Tab'); // in a select letters choose
  await self.today();
  equal(await page.locator('#work .task', { hasText: light.key }).locator('.act button', { hasText: 'Accept' }).count(), 0, 'what still waits to be accepted');
});

await days('a developer', 'zhao', async (self) => {
  const { page, me } = self;
  const { key } = await given(`Days: log every refusal, by ${self.keys}`, me);
  await visit(page, '/');
  // A control that only had to be carried out.
  const ready = (await page.ask('GET', '/tasks?limit=500')).items.find((one) => one.kind === 'soa_entry' && one.move === 'implement' && one.ready);
  truth(ready, 'no control is ready');
  await self.take(ready.key);
  await becomes(() => state(page, 'soa_entry', ready.key), 'implemented', 'the control');
  await self.stands('after a step on Today');
  await recorded(page, 'soa_entry', ready.key, { move: 'implement', to: 'implemented' }, me);
  // Proof of it, from the device.
  await self.find('soa_entry', ready.key);
  const before = (await page.ask('GET', `/soa_entry/${ready.key}`)).evidence?.length ?? 0;
  if (!self.keys) await page.getByRole('tab', { name: /^Evidence|^Proof/ }).click();
  const asked = await fileAsked(page, () => (self.keys ? self.key('u') : page.locator('#panel-proof label.btn').click()));
  truth(asked, 'no file is asked for');
  await asked.setFiles([{ name: 'tooling.txt', mimeType: 'text/plain', buffer: Buffer.from('Every tool has an owner.') }]);
  await becomes(async () => (await page.ask('GET', `/soa_entry/${ready.key}`)).evidence?.length ?? 0, before + 1, 'its evidence');
  await page.locator('#panel-proof').getByText('tooling').first().waitFor(); // the page knows it too
  await self.stands('after a file came');
  // The task that was given, done.
  await self.today();
  const row = await self.work(key);
  if (self.keys) await self.key('Enter');
  else await row.locator('a.open').click();
  await page.locator('h1', { hasText: key }).waitFor();
  await settled(page);
  await self.step('Finish');
  await self.write(self.dialog.locator('#ask-outcome'), 'Logged since build 214.');
  await self.send();
  await becomes(() => state(page, 'task', key), 'done', 'the task');
  await recorded(page, 'task', key, { move: 'finish', to: 'done' }, me);
  await self.today();
  await becomes(() => page.locator('#work .task', { hasText: key }).count(), 0, 'what still waits of it', 20000);
});

await days('a reviewer', 'kim', async (self) => {
  const { page, me } = self;
  const { key } = await given(`Days: read ten refusals again, by ${self.keys}`, me);
  await visit(page, '/');
  const row = await self.work(key);
  if (self.keys) await self.key('Enter');
  else await row.locator('a.open').click();
  await page.locator('h1', { hasText: key }).waitFor();
  await settled(page);
  await self.step('Finish');
  await self.write(self.dialog.locator('#ask-outcome'), 'Two of ten were wrong.');
  await self.send();
  await becomes(() => state(page, 'task', key), 'done', 'the task');
  await recorded(page, 'task', key, { move: 'finish', to: 'done' }, me);
  // What was wrong is told: a risk is looked at anew, and an incident is noted by its title.
  const risk = (await page.ask('GET', '/risk?state=monitored&limit=1')).items[0];
  await self.find('risk', risk.key);
  await self.step('Ask for reassessment');
  await self.write(self.dialog.locator('#ask-reason'), 'Two of ten refusals were wrong.');
  await self.send();
  await becomes(() => state(page, 'risk', risk.key), 'reassess', 'the risk');
  await recorded(page, 'risk', risk.key, { move: 'reassess', to: 'reassess' }, me);
  await self.go('Incidents', '/k/incident');
  if (self.keys) await self.key('c');
  else await page.getByRole('link', { name: 'New incident' }).click();
  await page.locator('#new-title').waitFor();
  await self.write(page.locator('#new-title'), 'Two people were refused wrongly');
  await self.key('Enter');
  await page.waitForURL(/\/k\/incident\/INC-/);
  await recorded(page, 'incident', page.url().match(/INC-\d+/)[0], { act: 'record.create' }, me);
  await self.today();
  await becomes(() => page.locator('#work .task', { hasText: key }).count(), 0, 'what still waits of it', 20000);
});

/** A finding that somebody says to have put right, and that no nonconformity stands behind. */
const putRight = async (title) => {
  const lin = (await witness.ask('GET', '/session')).user.id;
  const made = await as('jon', async (jon) => {
    const audit = (await jon.ask('GET', '/audit?state=in_progress&limit=1')).items[0].id;
    return jon.ask('POST', '/finding', { title, audit, grade: 'opportunity', requirement: ['iso-42001:10.1'], statement: 'What was learned is shared.', seen: 'It is not.', auditee: lin });
  });
  await witness.ask('POST', `/finding/${made.id}/moves/agree`, {});
  await as('jon', async (jon) => { await sure(jon); await jon.ask('POST', `/finding/${made.id}/moves/issue`, {}); });
  await witness.ask('POST', `/finding/${made.id}/moves/take_up`, { response: 'It is on the page for staff.', due: day(30) });
  return made;
};
await days('an internal auditor', 'jon', async (self) => {
  const { page, me } = self;
  const { key } = await putRight(`Days: nobody reads the list, by ${self.keys}`);
  const audit = (await page.ask('GET', '/audit?state=in_progress&limit=1')).items[0];
  await visit(page, '/');
  await self.tile(page.locator('[data-tile=running] .one a').first());
  await page.locator('h1', { hasText: audit.key }).waitFor();
  await settled(page);
  // How it was sampled, and what was seen in each sample.
  const line = await self.field('sampling');
  await line.locator('textarea').waitFor();
  await self.type(' Three of nine developers, by lot.');
  if (self.keys) await self.key('Control+Enter');
  else await line.getByRole('button', { name: 'Save' }).click();
  await line.locator('textarea').waitFor({ state: 'detached' });
  await self.stands('after a field was saved');
  truth(/by lot/.test((await page.ask('GET', `/audit/${audit.key}`)).sampling), 'how it was sampled');
  const had = (await page.ask('GET', `/audit/${audit.key}`)).samples?.length ?? 0;
  const samples = await self.field('samples');
  if (had) await self.press(samples.getByRole('button', { name: /^Add/ }), { most: 60 });
  await self.write(samples.locator(`#in-samples-${had}-0`), 'SYS-0001');
  const verdict = samples.locator('tbody tr').nth(had).locator('select').first();
  await self.choose(verdict, await verdict.locator('option').nth(1).getAttribute('value'));
  if (self.keys) await self.key('Control+Enter');
  else await samples.getByRole('button', { name: 'Save' }).click();
  await becomes(async () => (await page.ask('GET', `/audit/${audit.key}`)).samples?.length ?? 0, had + 1, 'its samples');
  await samples.locator('select').first().waitFor({ state: 'detached' }); // the page knows it too
  await recorded(page, 'audit', audit.key, { act: 'record.change' }, me);
  // A finding of it.
  await self.press(page.locator('button.add-to').first(), { most: 60, back: self.keys });
  await self.press(page.getByRole('menuitem', { name: 'Note a finding' }));
  await page.waitForURL(/\/k\/finding\/new/);
  await page.locator('#new-title').waitFor();
  await self.write(page.locator('#new-title'), `Days: keys lie open, by ${self.keys}`);
  if (self.keys) await self.key('Control+Enter');
  else await page.getByRole('button', { name: /^Create/ }).click();
  await page.waitForURL(/\/k\/finding\/FND-/);
  const raised = page.url().match(/FND-\d+/)[0];
  await page.locator('h1', { hasText: raised }).waitFor();
  await settled(page);
  equal((await page.ask('GET', `/finding/${raised}`)).audit, audit.id, 'the audit of the finding');
  await recorded(page, 'finding', raised, { act: 'record.create' }, me);
  // One that was put right, verified from Today.
  await self.today();
  await self.take(key);
  await self.dialog.waitFor();
  await self.write(self.dialog.locator('#ask-verification'), 'Seen on the page; three of three know it.');
  await self.send();
  await becomes(() => state(page, 'finding', key), 'verified', 'the finding');
  await self.stands('after a step on Today that asked');
  await recorded(page, 'finding', key, { move: 'verify', to: 'verified' }, me);
});

await days('an executive', 'chen', async (self) => {
  const { page, me } = self;
  await visit(page, '/');
  const waits = (await page.ask('GET', '/tasks?limit=500')).items.find((one) => one.kind === 'context_issue' && one.move === 'confirm' && one.ready);
  truth(waits, 'nothing waits to be confirmed');
  for (const tile of ['top_risks', 'above_tolerance', 'blockers', 'reviews']) truth(await page.locator(`[data-tile=${tile}]`).isVisible(), `no ${tile} on the page`);
  // Decided in its row.
  await self.take(waits.key);
  await self.dialog.waitFor();
  await self.write(self.dialog.locator('#ask-found'), 'We are ready for it.');
  await self.send();
  await becomes(async () => (await page.ask('GET', '/tasks?limit=500')).items.some((one) => one.key === waits.key && one.move === 'confirm'), false, 'what still waits of it');
  await page.locator('#work .task', { hasText: waits.key }).waitFor({ state: 'detached' });
  await self.stands('after a step on Today that asked');
  await recorded(page, 'context_issue', waits.key, { move: 'confirm' }, me);
  // The pack of the management review, on paper.
  const review = page.locator('[data-tile=reviews] .one a').first();
  const key = (await review.innerText()).match(/MRV-\d+/)[0];
  await self.tile(review);
  await page.locator('h1', { hasText: key }).waitFor();
  await settled(page);
  await self.key('Control+k');
  await becomes(() => page.evaluate(() => document.activeElement?.getAttribute('role')), 'combobox', 'where one types');
  await self.type('Print');
  const print = page.locator('.palette [role=option]', { hasText: 'Print' }).first();
  await print.waitFor();
  if (self.keys) await self.key('Enter');
  else await print.click();
  await becomes(() => page.evaluate(() => globalThis.printed.length), 1, 'what was printed');
  truth((await page.evaluate(() => globalThis.printed[0])).includes(key), 'something else was printed');
});

await days('an external auditor', 'claire', async (self) => {
  const { page } = self;
  await visit(page, '/');
  // Where alone the page leads.
  const leaves = await page.locator('aside nav a.leaf').evaluateAll((all) => all.map((one) => one.getAttribute('href')));
  equal(leaves, ['/', '/k/scope', '/soa', '/k/evidence', '/k/audit', '/k/management_review', '/ledger', '/settings'], 'the navigation');
  const scope = page.locator('[data-tile=scope] .one a').first();
  const key = (await scope.innerText()).match(/SCP-\d+/)[0];
  await self.tile(scope);
  await page.locator('h1', { hasText: key }).waitFor();
  await settled(page);
  equal(await page.locator('#next-step .line .btn.main').count(), 0, 'steps that are offered to a reader');
  equal(await page.locator('main .pencil').count(), 0, 'fields that a reader could write');
  // The evidence that somebody else accepted, and the file itself.
  await self.today();
  await self.tile(page.locator('a.count[data-tile=evidence]'), 'h');
  await page.waitForURL(/\/k\/evidence\?state=accepted/);
  await settled(page);
  const first = page.locator('tbody a.title').first();
  if (self.keys) await self.key('j', 'Enter');
  else await first.click();
  await page.waitForURL(/\/k\/evidence\/EVD-/);
  await settled(page);
  // The ledger, verified from here.
  if (self.keys) await self.key('g', 'l');
  else await page.locator('aside nav a.leaf', { hasText: 'Ledger' }).click();
  await page.waitForURL(/\/ledger$/);
  await settled(page);
  const [answer] = await Promise.all([page.waitForResponse((r) => r.url().endsWith('/ledger/verify')), self.press(page.getByRole('button', { name: 'Verify' }).first(), { most: 20 })]);
  equal(answer.status(), 200, 'the verification');
  const now = await page.ask('GET', '/session');
  equal(Object.entries(now.may).filter(([kind, may]) => may.create && !['saved_view', 'delegation'].includes(kind)).map(([kind]) => kind), [], 'what they may make');
});

await days('staff', { mouse: 'jie', keys: 'oliver' }, async (self) => {
  const { page, me } = self;
  await visit(page, '/');
  // What is to be read is read, and acknowledged.
  const rule = (await page.ask('GET', '/tasks?limit=500')).items.find((one) => one.why === 'acknowledge');
  truth(rule, 'nothing is to be acknowledged');
  const row = await self.work(rule.key);
  if (self.keys) await self.key('Enter');
  else await row.locator('a.open').click();
  await page.locator('h1', { hasText: rule.key }).waitFor();
  await settled(page);
  const part = page.locator('#part-acknowledge');
  await self.press(part.getByRole('button', { name: 'I have read it' }), { most: 40 });
  await part.getByText(/You acknowledged this edition on/).waitFor();
  truth((await page.ask('GET', `/document/${rule.key}/acknowledgements`)).mine.at, 'when it was acknowledged');
  // A tool that would help, and what does not feel right: each by its title.
  const make = async (item, kind, prefix, title) => {
    if (self.keys) {
      await self.key('Control+k');
      await becomes(() => page.evaluate(() => document.activeElement?.getAttribute('role')), 'combobox', 'where one types');
      await self.type(`New ${item}`);
      const first = page.locator('.palette [role=option]').first();
      await becomes(async () => (await first.innerText()).toLowerCase().includes(`new ${item}`.toLowerCase()), true, `New ${item} is the first`);
      await self.key('Enter');
    } else {
      await page.locator('header.bar .btn.new').click();
      await page.getByRole('menuitem', { name: new RegExp(`^${item}$`, 'i') }).click();
    }
    await page.waitForURL(`**/k/${kind}/new`);
    await page.locator('#new-title').waitFor();
    await self.write(page.locator('#new-title'), title);
    if (self.keys) await self.key('Control+Enter');
    else await page.getByRole('button', { name: /^Create/ }).click();
    await page.waitForURL(new RegExp(`/k/${kind}/${prefix}-`));
    const key = page.url().match(/[A-Z]+-\d+/)[0];
    equal((await page.ask('GET', `/${kind}/${key}`)).author, me, `who made ${key}`);
    await recorded(page, kind, key, { act: 'record.create' }, me);
    await becomes(() => page.evaluate(() => document.activeElement?.tagName), 'H1', 'what was made is read at once');
    return key;
  };
  await make('use of an AI tool', 'use_case', 'UCR', 'Summaries of long complaints');
  await make('concern', 'concern', 'CNC', 'Refusals are copied without being read');
  await self.today();
  await becomes(() => page.locator('#work .task', { hasText: rule.key }).count(), 0, 'what still waits to be read', 20000);
});

/* ---- what every day stands on ---------------------------------------------------------------------------------- */
const rowAt = (page) => page.evaluate(() => document.activeElement?.closest('[data-row]')?.dataset.row ?? document.activeElement?.closest('tr')?.querySelector('.key')?.textContent ?? '');
await test('days keys: a list is written in, narrowed and picked from without leaving the row', async () => {
  const self = await at('lin', 'keys');
  const { page, me } = self;
  const keys = [], word = `row${Date.now().toString(36)}`;
  for (let n = 1; n <= 5; n++) keys.push((await page.ask('POST', '/task', { title: `Along ${word} ${n}`, owner: me, due: day(10) })).key);
  await visit(page, `/k/task?q=${word}&sort=title`);
  await self.key('j', 'j');
  equal(await rowAt(page), keys[1], 'where j goes');
  // Up to here: Shift and x.
  await self.key('x', 'j', 'j', 'Shift+X');
  await page.locator('.picked-bar b', { hasText: '3' }).waitFor();
  equal(await page.locator('tr.picked .key').allInnerTexts(), keys.slice(1, 4), 'what is picked');
  await self.key('a');
  await self.dialog.waitFor();
  await self.key('Escape');
  if (await self.dialog.count()) await self.key('Escape'); // the first one may shut the choices of the field
  await self.dialog.waitFor({ state: 'detached' });
  await becomes(() => rowAt(page), keys[3], 'where one was before the dialog');
  await self.key('Escape');
  equal(await page.locator('.picked-bar').count(), 0, 'what is still picked');
  // A cell is written, and Tab goes on to the next that can be.
  const heads = (await page.getByRole('columnheader').allInnerTexts()).map((one) => one.trim());
  const column = (name) => heads.indexOf(name) - 2;
  const cell = () => page.evaluate(() => [...document.querySelectorAll('tr.active td')].findIndex((one) => one.querySelector('#cell-edit') || one.classList.contains('cursor')));
  for (let n = 0; n < column('Priority'); n++) await self.key('l');
  const from = await cell();
  await self.key('e');
  await page.locator('#cell-edit').waitFor();
  await self.choose(page.locator('#cell-edit'), 'high');
  await self.key('Tab');
  await becomes(async () => (await page.ask('GET', `/task/${keys[3]}`)).priority, 'high', 'what was written');
  await becomes(async () => (await page.locator('#cell-edit').count()) === 1 && (await cell()) > from, true, 'the next cell is open');
  for (let n = 0; n < 2 && await page.locator('#cell-edit').count(); n++) await self.key('Escape'); // the first shuts the choices
  await page.locator('#cell-edit').waitFor({ state: 'detached' });
  await becomes(() => rowAt(page), keys[3], 'where one is after writing');
  // Narrowed by what stands in the cell; one is still in the row.
  for (let n = 0; n < 12; n++) await self.key('h');
  for (let n = 0; n < column('Priority'); n++) await self.key('l');
  await self.key('f');
  await page.waitForURL(/priority=high/);
  await becomes(() => page.locator('tbody a.title').count(), 1, 'rows that are left');
  await becomes(() => rowAt(page), keys[3], 'where one is after narrowing');
  await becomes(() => page.locator('tr.active .key').innerText(), keys[3], 'the row that is marked');
  await self.end();
});
await test('days keys: rows of every shape are gone along, and picked up to here', async () => {
  const self = await at('lin', 'keys');
  const { page } = self;
  for (const [path, item] of [['/k/org_unit?shape=tree', '[role=treeitem]'], ['/k/audit?shape=timeline', 'li[data-row]'], ['/k/risk?shape=board', '.card[data-row]']]) {
    await visit(page, path);
    await page.locator(item).nth(2).waitFor();
    const all = await page.locator(item).evaluateAll((rows) => rows.map((one) => one.dataset.row));
    await self.key('j');
    equal(await rowAt(page), all[0], `where j begins in ${path}`);
    await self.key('x', 'j', 'j', 'Shift+X');
    await becomes(() => page.locator(`${item}.picked`).evaluateAll((rows) => rows.map((one) => one.dataset.row)), all.slice(0, 3), `what is picked in ${path}`);
    await page.locator('.picked-bar b', { hasText: '3' }).waitFor();
    await self.key('Escape');
    equal(await page.locator('.picked').count(), 0, `what is still picked in ${path}`);
    await becomes(() => rowAt(page), all[2], `where one is in ${path}`);
  }
  await self.end();
});
await test('days mouse: rows of shapes are picked by their boxes', async () => {
  const self = await at('lin', 'mouse');
  const { page } = self;
  await visit(page, '/k/risk?shape=board');
  const cards = page.locator('.card[data-row]');
  await cards.nth(2).waitFor();
  for (const [n, how] of [[0, {}], [2, { modifiers: ['Shift'] }]]) { await cards.nth(n).hover(); await cards.nth(n).locator('.pick').click(how); }
  await page.locator('.picked-bar b', { hasText: '3' }).waitFor();
  await page.locator('.picked-bar').getByRole('button', { name: /^Change/ }).first().click();
  await self.dialog.waitFor();
  await self.end();
});
await test('days keys: the focus comes back from every dialog to where it was', async () => {
  const self = await at('lin', 'keys');
  const { page } = self;
  const here = () => page.evaluate(() => { const e = document.activeElement; return e === document.body ? 'nowhere' : `${e.tagName} ${e.id} ${e.className} ${e.getAttribute('aria-label') ?? e.textContent.slice(0, 40)}`; });
  const over = page.locator('.dialog, .float[data-state=open], [role=menu]');
  const lost = [];
  const round = async (what, opens, shuts = 'Escape') => {
    const before = await here();
    await opens();
    await over.first().waitFor({ timeout: 4000 }).catch(() => lost.push(`${what} does not open`));
    for (let n = 0; n < 3 && await over.count(); n++) { await self.key(shuts); await page.waitForTimeout(50); }
    await becomes(async () => (await over.count()) === 0, true, `${what} is shut`);
    await becomes(here, before, what).catch(() => here().then((now) => lost.push(`${what}: at ${now} instead of ${before}`)));
  };
  await visit(page, '/');
  await self.key('j', 'j');
  await round('the keys from Today', () => self.key('?'));
  await round('the search from Today', () => self.key('Control+k'));
  const remind = page.getByRole('button', { name: 'Remind' }).first();
  if (await remind.count()) { await remind.focus(); await round('a reminder', () => self.key('Enter')); }
  const risk = (await page.ask('GET', '/risk?state=evaluated&limit=1')).items[0].key;
  await self.find('risk', risk);
  const step = page.locator('#next-step').getByRole('button').first();
  await step.focus();
  await round('the search from a record', () => self.key('Control+k'));
  await page.locator('button.add-to').first().focus();
  await round('what can be added', () => self.key('Enter'));
  const task = (await given('Days: there and back', self.me)).key;
  await self.find('task', task);
  await page.locator('#next-step').getByRole('button', { name: 'Finish' }).focus();
  await round('a step that asks', () => self.key('Enter'));
  await visit(page, '/k/task?q=there%20and%20back');
  await self.key('j', 'x');
  await round('what is changed of many', () => self.key('b'));
  await page.locator('header.bar .btn.new').focus();
  await round('what is new', () => self.key('Enter'));
  await page.getByRole('button', { name: 'Views', exact: true }).focus();
  await round('the views', () => self.key('Enter'));
  await visit(page, '/k/task?shape=board');
  await page.locator('[data-card]').first().waitFor();
  await self.key('j');
  await round('where a card can go', () => self.key('m'));
  equal(lost, [], 'where the focus did not come back');
  await self.end();
});
await test('days list: what a row is called stays in sight while one looks to the right', async () => {
  const page = await signedIn(browser, 'lin', { width: 1100 });
  await visit(page, '/k/risk?columns=title,state,owner,due,current,current_band,system,source,taxonomy,stage,likelihood,consequence,confidence');
  await page.locator('tbody .line .key').first().waitFor();
  const left = (selector) => page.locator(selector).first().evaluate((one) => Math.round(one.getBoundingClientRect().left));
  const before = [await left('tbody .at-key'), await left('tbody .at-title'), await left('thead .at-key')];
  await page.locator('[data-list]').evaluate((box) => { box.scrollLeft = 400; });
  await becomes(() => page.locator('[data-list]').evaluate((box) => box.scrollLeft > 100), true, 'there is something to the right');
  equal([await left('tbody .at-key'), await left('tbody .at-title'), await left('thead .at-key')], before, 'where key and title stand');
  const over = await page.locator('tbody .at-title').first().evaluate((one) => { const box = one.getBoundingClientRect(); const there = document.elementFromPoint(box.left + 20, box.top + box.height / 2); return one.contains(there); });
  truth(over, 'another column lies over the title');
  equal(page.complaints, [], 'what the page complained about');
  await close(page);
});

await close(witness);
await browser.close();
done();
