// SPDX-License-Identifier: Apache-2.0
// Every route of the pages, by the model and the records that are there: what is looked at (pages.mjs) and measured (bench/pages.mjs).

export async function routesOf(page) {
  const model = await page.ask('GET', '/model');
  const list = ['/', '/soa', '/soa?against=2026-06-01', '/map', '/map?cell=4-4', '/readiness', '/checks/chk-10', '/people', '/tokens', '/ledger', '/settings', '/changes', '/all', '/deadlines', '/glossary', '/gaps', '/gaps/8.4', '/trace', '/pictures', '/review', '/monitors', '/signals', '/k/monitor/MON-0001?tab=live'];
  if (model.pictures[0]) list.push(`/pictures/${model.pictures.at(-1).picture}`); // one alone; the page before has them all
  for (const { ask } of model.asks) list.push(`/ask/${ask}?step=first`, `/ask/${ask}?step=take`, `/ask/${ask}?step=questions`, `/ask/${ask}?step=result`, `/ask/${ask}?step=plan`);
  for (const { ask } of model.deciders) list.push(`/ask/${ask}?about=SYS-0001`);
  for (const { starter } of model.starters) list.push(`/starters/${starter}`);
  for (const kind of model.kinds) {
    list.push(`/k/${kind.kind}`);
    for (const { shape } of kind.views) if (shape !== 'map') list.push(`/k/${kind.kind}?shape=${shape}`);
    const { items } = await page.ask('GET', `/${kind.kind}?limit=1`);
    if (items.length) list.push(`/k/${kind.kind}/${items[0].key}`);
    if (items.length && kind.sends) list.push(`/k/${kind.kind}/${items[0].key}?tab=live`);
    if (items.length && kind.story) list.push(`/k/${kind.kind}/${items[0].key}?tab=story`);
    const large = kind.fields.find((f) => f.type === 'rows' && f.columns.length > 6);
    if (items.length && large) list.push(`/k/${kind.kind}/${items[0].key}/fill?field=${large.name}`);
    if (items.length && kind.steps) list.push(`/k/${kind.kind}/${items[0].key}/steps`, `/k/${kind.kind}/new/steps`);
  }
  const system = model.kinds.find((k) => k.views.some((one) => one.shape === 'map')) ?? model.kinds[0];
  const [first] = (await page.ask('GET', `/${system.kind}?limit=1`)).items;
  for (const tab of ['relations', 'proof', 'comments', 'history', 'ledger']) list.push(`/k/${system.kind}/${first.key}?tab=${tab}`);
  list.push(`/trace/${system.kind}/${first.key}`);
  const [, before] = (await page.ask('GET', `/${system.kind}/${first.key}/history?limit=2`)).items;
  list.push(`/k/${system.kind}/${first.key}?then=${encodeURIComponent(before.at)}`);
  list.push('/fields', `/k/${system.kind}/import`, `/k/${system.kind}/new?x=more`, `/k/${system.kind}?group=state&sort=title`, `/k/${system.kind}?q=nothingmatchesthis`);
  return { list, kind: system.kind, key: first.key };
}
