// SPDX-License-Identifier: Apache-2.0
// A development aid: answers the API from the model files with made-up records, in memory.
//   node mock/server.mjs [port]      any e-mail, password "demo"
import { createServer } from 'node:http';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
const here = dirname(fileURLToPath(import.meta.url)), root = join(here, '../..'), dist = join(here, '../dist');
const read = (p) => JSON.parse(readFileSync(join(root, 'model', p), 'utf8'));
const list = (d) => (existsSync(join(root, 'model', d)) ? readdirSync(join(root, 'model', d)).filter((f) => f.endsWith('.json')).map((f) => read(`${d}/${f}`)) : []);
const zh = existsSync(join(root, 'model/words/zh.json')) ? read('words/zh.json') : {};
const W = (en) => (en ? { en, zh: zh[en] ?? en } : undefined);
const scales = read('scales.json').scales, envelope = read('envelope.json').fields, roleFile = read('roles.json').roles;
let seed = 7;
const rnd = (n) => ((seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff) >> 8) % n;
const pick = (a) => a[rnd(a.length)];
const day = (d) => new Date(Date.now() + d * 864e5).toISOString().slice(0, 10);
const at = (d) => new Date(Date.now() + d * 864e5).toISOString();
function choices(of) {
	const s = typeof of === 'string' ? scales[of] : { of };
	return Object.entries(s?.of ?? {}).map(([value, title]) => ({ value: /^\d+$/.test(value) ? Number(value) : value, title: W(title), about: W(s.about?.[value]), tone: s.tones?.[value] }));
}
function fieldOut(name, f, states, env) {
	const from = f.required?.from ? [f.required.from].flat() : undefined;
	const order = states ?? [];
	const first = from ? Math.min(...from.map((s) => order.indexOf(s))) : -1;
	return { name, type: f.type, title: W(f.title ?? name), about: W(f.about), required: f.required === true, required_from: from,
		required_in: from ? order.slice(first).filter((s) => !['duplicate', 'archived', 'rejected', 'withdrawn'].includes(s)) : undefined, required_when: f.required?.when, only: f.only,
		of: f.of ? choices(f.of) : undefined, many: f.many, max: f.max, min: f.min, to: f.to, computed: !!f.computed, sensitive: f.sensitive, always: f.always, unique: f.unique, envelope: env,
		default: f.default, covers: f.covers, columns: f.columns ? Object.entries(f.columns).map(([n, c]) => fieldOut(n, c)) : undefined };
}
const engine = { key: ['text', 'Key'], state: ['choice', 'State'], version: ['integer', 'Version'], author: ['ref', 'Created by'], editor: ['ref', 'Changed by'], created_at: ['moment', 'Created'], updated_at: ['moment', 'Changed'] };
const frameworks = list('frameworks');
const kinds = list('kinds').map((k) => {
	const states = Object.entries(k.states.of).map(([state, s]) => ({ state, title: W(s.title), about: W(s.about), tone: s.tone ?? 'idle', locked: s.locked, end: s.end, start: state === k.states.start }));
	if (!states.some((s) => s.state === 'archived')) states.push({ state: 'archived', title: { en: 'Archived', zh: '已归档' }, tone: 'off', locked: true, end: true });
	const order = states.map((s) => s.state);
	const own = { ...k.fields }, fields = [];
	for (const [n, f] of Object.entries(envelope)) fields.push(fieldOut(n, { ...f, ...(own[n] ?? {}) }, order, true));
	for (const [n, f] of Object.entries(own)) if (!envelope[n]) fields.push(fieldOut(n, f, order));
	for (const [n, [type, title]] of Object.entries(engine)) fields.push({ name: n, type, title: W(title), envelope: true, to: type === 'ref' ? 'person' : undefined });
	const moves = Object.entries(k.moves).map(([move, m]) => ({ move, ...m, title: W(m.title) }));
	moves.push({ move: 'archive', title: { en: 'Archive', zh: '归档' }, from: 'any', to: 'archived', by: ['aims_manager'], reason: true });
	return { ...k, title: W(k.title), plural: W(k.plural), about: W(k.about), list: k.list ?? ['title', 'state'], fields, states, moves, layout: (k.layout ?? []).map((l) => ({ title: W(l.title), fields: l.fields })) };
});
const model = { hash: 'mock', kinds, roles: Object.entries(roleFile).map(([role, r]) => ({ role, code: r.code, title: W(r.title), about: W(r.about), approver: r.approver })),
	frameworks: frameworks.map((f) => ({ framework: f.framework, title: W(f.title), register: f.register && { kind: f.register.kind, field: f.register.field } })) };
const K = Object.fromEntries(kinds.map((k) => [k.kind, k]));
const people = ['Lin Wang', 'Maya Chen', 'Tom Fischer', '赵敏', 'Ana Souza', 'Ravi Patel', '陈立'].map((name, i) => ({ id: `usr_${i}`, name, email: `p${i}@northlake.example`, roles: [{ role: 'staff' }, { role: pick(model.roles).role }, ...(i === 2 ? [{ role: 'top_management', pending: true }] : [])], disabled: i === 5 }));
const names = Object.fromEntries(people.map((p) => [p.id, { kind: 'person', key: '', title: p.name, state: '' }]));
const words = ['Credit scoring model (信用评分模型)', 'Proxy discrimination by postcode in loan scoring', 'Customer chatbot gives wrong advice on repayment', 'CV screening bought as a service', 'Staff writing assistant leaks customer data', '催收语音机器人误判客户情绪', 'Drift of input data after the rate change', 'Missing human review for high amounts', 'Supplier trains on our data without agreement', 'Policy on the use of AI', 'Bias test of Q3', '数据保留期限超出规定'];
const all = {}, comments = {}, history = {};
let size = 0;
function make(k, i, extra = {}) {
	const now = rnd(300), r = { id: `${k.prefix.toLowerCase()}_${i}`, kind: k.kind, key: `${k.prefix}-${String(i).padStart(4, '0')}`, title: words[i % words.length], state: k.states[rnd(Math.max(1, k.states.length - 1))].state, version: 1 + rnd(4), owner: pick(people).id, author: pick(people).id, editor: pick(people).id, created_at: at(-now), updated_at: at(-rnd(now + 1)) };
	for (const f of k.fields) if (!(f.name in r) && (rnd(10) < 6 || f.required)) r[f.name] = value(f);
	Object.assign(r, extra);
	names[r.id] = { kind: k.kind, key: r.key, title: r.title, state: r.state };
	size++;
	return r;
}
function value(f) {
	if (f.of?.length) return f.many ? [pick(f.of).value] : pick(f.of).value;
	switch (f.type) {
		case 'text': return f.many ? ['北美', 'pilot'].slice(0, 1 + rnd(2)) : `${pick(words).slice(0, 40)}`;
		case 'note': return `${pick(words)}.\n${pick(words)}.`;
		case 'integer': return (f.min ?? 1) + rnd(Math.min(25, f.max ?? 25));
		case 'number': return rnd(1000) / 10;
		case 'yes_no': return rnd(2) === 1;
		case 'date': return day(rnd(120) - 40);
		case 'moment': return at(-rnd(90));
		case 'ref': return f.to === 'person' ? pick(people).id : K[f.to] ? `${K[f.to].prefix.toLowerCase()}_${1 + rnd(6)}` : undefined;
		case 'refs': return f.to === 'person' ? [pick(people).id] : f.to === 'requirement' ? ['iso-42001:6.1.2', 'iso-42001:A.5.2'] : K[f.to] ? [1, 2].map(() => `${K[f.to].prefix.toLowerCase()}_${1 + rnd(6)}`) : undefined;
		case 'rows': return [1, 2].map(() => Object.fromEntries((f.columns ?? []).map((c) => [c.name, value(c)])));
	}
	return undefined;
}
const many = Number(process.env.MOCK_MANY ?? 60);
for (const k of kinds) all[k.kind] = Array.from({ length: k.views?.map ? many : 14 }, (_, i) => make(k, i + 1));
const fw = frameworks.find((f) => f.register), reg = fw && K[fw.register.kind];
if (reg) all[reg.kind] = fw.rows.filter((r) => r.type === 'control').map((r, i) => make(reg, i + 1, { title: r.title, [fw.register.field]: `${fw.framework}:${r.id}`, state: reg.states[rnd(reg.states.length - 1)].state, evidence: [] }));
const checks = list('checks').map((c, i) => ({ check: c.check, title: W(c.title), statement: W(c.statement), state: ['fail', 'pass', 'no_data'][i % 3], population: 4, breaks: i % 3 === 0 ? 2 : 0, must: c.must, rows: c.proves.map((p) => p.row), remedy: W(c.remedy), records: i % 3 === 0 ? all[kinds[i % kinds.length].kind].slice(0, 2).map((r) => ({ ...names[r.id], id: r.id, reason: W(Object.values(c.reasons ?? { x: 'Missing' })[0]) })) : [] }));
const readiness = () => {
	const rows = fw.rows.map((r, i) => ({ row: r.id, title: W(r.title), type: r.type, group: r.group, phase: r.phase, weight: r.weight, applicable: true, level: i % 5, value: (i % 5) / 4, proven: i % 3 === 0, lowered: i === 4 ? { to: 1, reason: 'Interview showed it is not followed', by: 'Maya Chen', at: at(-3) } : null, checks: checks.filter((c) => c.rows.includes(`${fw.framework}:${r.id}`)).map((c) => ({ check: c.check, level: 3, state: c.state, breaks: c.breaks, population: 4 })), why: i % 4 === 0 ? W('No approved document satisfies it') : undefined }));
	const gate = (n) => ({ ready: false, failing: rows.filter((r) => r.level < n).slice(0, 9).map((r) => ({ row: r.row, why: W('Below the level that the gate asks for') })) });
	return { framework: fw.framework, at: at(0), score: 31.5, raw_score: 44.2, ready: false, coverage: { met: 38, of: 70 }, proof_ratio: 0.42, blockers: checks.filter((c) => c.must && c.breaks).map((c) => ({ check: c.check, title: c.title, count: c.breaks, must: true })), gates: { stage1: gate(2), stage2: gate(3) }, phases: ['plan', 'do', 'check', 'act'].map((phase, i) => ({ phase, score: 62 - i * 11, rows: 12 })), groups: fw.groups.map((g, i) => ({ id: g.id, title: W(g.title), score: (i * 17) % 90, rows: rows.filter((r) => r.group === g.id).length, met: i % 3 })), rows };
};
const empty = (v) => v === undefined || v === null || v === '' || (Array.isArray(v) && !v.length);
const holds = (c, r) => !c || (c.any ? c.any.some((x) => holds(x, r)) : c.all ? c.all.every((x) => holds(x, r)) : c.not ? !holds(c.not, r) : 'empty' in c ? empty(r[c.field]) === c.empty : [c.in ?? c.is].flat().some((v) => (Array.isArray(r[c.field]) ? r[c.field].includes(v) : r[c.field] === v)));
function missing(k, r, m) {
	const out = [];
	for (const f of k.fields) if (!(m.asks ?? []).includes(f.name) && f.required_in?.includes(m.to) && empty(r[f.name]) && holds(f.required_when, r) && holds(f.only, r)) out.push({ field: f.name, code: 'required', message: 'is required', source: `model/kinds/${k.kind}.json:12` });
	for (const n of m.needs ?? []) out.push({ field: '', code: n.code, message: n.say, source: `model/kinds/${k.kind}.json:80`, records: n.kind && all[n.kind] ? all[n.kind].slice(0, 2).map((x) => ({ ...names[x.id], id: x.id })) : [] });
	return out;
}
const shape = (r) => ({ record: r, names, ledger: { index: 812 + rnd(9) }, may: { change: !K[r.kind].states.find((s) => s.state === r.state)?.locked, why_not: [{ message: 'The record is locked in this state' }] } });
function matches(r, params, k) {
	for (const [name, v] of params) {
		if (['q', 'sort', 'limit', 'cursor', 'fields', 'facets', 'as_of', 'format'].includes(name)) { if (name === 'q' && !`${r.key} ${r.title}`.toLowerCase().includes(v.toLowerCase())) return false; continue; }
		const [f, op] = name.split('.'), x = r[f], vs = v.split(',').map((one) => (one === 'me' ? 'usr_0' : one));
		const hit = [x].flat().some((one) => vs.includes(String(one)));
		if (op === 'empty' ? empty(x) !== (v === '1') : op === 'not' ? hit : op === 'gte' ? !(x >= v) : op === 'lte' ? !(x <= v) : !hit) return false;
	}
	return true;
}
const log = (r, act, extra) => (history[r.id] ??= []).unshift({ version: r.version, at: at(0), actor: { id: 'usr_0', name: 'Lin Wang', type: 'user' }, act, ledger: ++size, ...extra });
const streams = new Set();
const tell = (r) => streams.forEach((s) => s.write(`data: ${JSON.stringify({ kind: r.kind, id: r.id, version: r.version })}\n\n`));
let signedIn = true;
async function api(req, url, body) {
	const p = url.pathname.slice(8).split('/').map(decodeURIComponent), [a, b, c, d] = p, m = req.method, q = url.searchParams;
	const ok = (data, status = 200, head = {}) => ({ status, data, head }), no = (status, code, detail, errors = []) => ({ status, data: { title: detail, status, code, detail, request: 'req_1', errors } });
	if (a === 'session') {
		if (m === 'POST' && !b) { if (body.password !== 'demo') return no(401, 'login', 'wrong'); signedIn = true; return ok({ csrf: 'x' }, 201); }
		if (m === 'DELETE') { signedIn = false; return ok({}); }
		if (b === 'fresh') return body.password === 'demo' ? ok({ fresh_until: at(0.003) }) : no(403, 'password', 'wrong');
		if (!signedIn) return no(401, 'signed_out', 'Please sign in');
		return ok({ user: { id: 'usr_0', name: 'Lin Wang', email: 'lin@northlake.example', lang: 'en' }, roles: [{ role: 'aims_manager' }, { role: 'assessor' }], csrf: 'x', organisation: { name: 'Northlake Credit', demo: true }, may: Object.fromEntries(kinds.map((k) => [k.kind, { read: true, create: true }])), admin: true, size });
	}
	if (!signedIn) return no(401, 'signed_out', 'Please sign in');
	if (a === 'model') return ok(model);
	if (a === 'tasks') { const items = kinds.flatMap((k) => all[k.kind].slice(0, 2).map((r, i) => { const mv = k.moves.find((x) => x.from !== 'any' && [x.from].flat().includes(r.state)); return { kind: k.kind, id: r.id, key: r.key, title: r.title, state: r.state, why: i ? (rnd(2) ? 'overdue' : 'due') : 'move', ...(mv && !i ? { move: mv.move, move_title: mv.title } : {}), due: r.due, overdue: (r.due ?? '9') < day(0) }; })); return ok({ items, counts: { waiting: 7, overdue: 2, due_soon: 5 } }); }
	if (a === 'search') { const t = q.get('q').toLowerCase(), items = Object.values(all).flat().filter((r) => `${r.key} ${r.title}`.toLowerCase().includes(t)); return ok({ items: items.slice(0, 20).map((r) => ({ ...names[r.id], id: r.id })), total: items.length }); }
	if (a === 'people') { if (m === 'POST' && !b) { const n = { id: `usr_${people.length}`, name: body.name, email: body.email, roles: body.roles }; people.push(n); names[n.id] = { kind: 'person', key: '', title: n.name }; return ok({ person: n, password: 'plum-otter-4821-grey' }, 201); } if (b && c === 'roles') { const x = people.find((o) => o.id === b); x.roles = x.roles.filter((r) => r.role !== body.role); if (m === 'POST') x.roles.push(body); return ok(x); } if (b) return ok(Object.assign(people.find((o) => o.id === b), body)); return ok({ items: people.filter((x) => x.name.toLowerCase().includes((q.get('q') ?? '').toLowerCase())), names }); }
	if (a === 'tokens') return m === 'POST' ? ok({ token: 'aw_0123456789abcdef0123456789abcdef' }, 201) : m === 'DELETE' ? ok({}) : ok({ items: [{ id: 't1', name: 'Nightly evidence', roles: ['assessor'], created_at: at(-20), expires_at: at(70) }] });
	if (a === 'frameworks') { const f = frameworks.find((x) => x.framework === b); return f ? ok({ framework: f.framework, title: W(f.title), groups: f.groups.map((g) => ({ ...g, title: W(g.title) })), rows: f.rows.map((r) => ({ ...r, title: W(r.title), about: W(r.about) })) }) : ok({ items: frameworks }); }
	if (a === 'readiness') return ok(readiness());
	if (a === 'checks') return b ? ok(checks.find((x) => x.check === b)) : ok({ items: checks });
	if (a === 'soa') { const rows = fw.rows.filter((r) => r.type === 'control').map((r, i) => ({ row: r.id, title: W(r.title), about: W(r.about), group: r.group, entry: { ...all[reg.kind][i], ...(q.get('as_of') && i % 6 === 0 ? { state: 'undetermined', version: 0 } : {}) }, risks: i % 3 ? [] : Object.values(all).flat().filter((x) => K[x.kind].views?.map).slice(i, i + 2).map((x) => ({ ...names[x.id], id: x.id })), evidence: i % 3, level: i % 5 })); const n = (f) => rows.filter((r) => f(r.entry.state)).length; return ok({ rows, names, summary: { applicable: n((s) => !['excluded', 'undetermined'].includes(s)), excluded: n((s) => s === 'excluded'), undetermined: n((s) => s === 'undetermined') } }); }
	if (a === 'ledger') { if (b === 'checkpoint') return ok(`northlake.example/aimwell\n${size}\nq3Z0kYpJmVb2hY0Q3oYx1m1nJ5C4h4m0lP8a9Zb1c2E=\n\n— northlake.example/aimwell Az3grl…\n`); if (b === 'key') return ok({ vkey: 'northlake.example/aimwell+1c2d3e4f+AWx5…', origin: 'northlake.example/aimwell' }); if (b === 'verify') return ok({ intact: true, entries: size, findings: [] }); const from = Number(q.get('from')); return ok({ size, entries: Array.from({ length: Math.max(0, Math.min(25, size - from)) }, (_, i) => ({ n: from + i, leaf: { at: at(-1), act: 'record.change', record: 'rsk_1', version: 3, commit: 'b94d27b9934d3e08a52e52d7da7dabfac484efe3' } })) }); }
	if (a === 'files') { const id = `fil_${size++}`; const name = decodeURIComponent(req.headers['x-file-name'] ?? 'file'); names[id] = { kind: 'file', key: '', title: name }; return ok({ id, name, type: 'text/plain', size: 10, sha256: '00' }, 201); }
	const k = K[a];
	if (!k) return no(404, 'not_found', 'Not found');
	if (!b && m === 'GET') {
		let rows = all[a].filter((r) => matches(r, q, k));
		for (const s of (q.get('sort') || k.sort || '-updated_at').split(',').reverse()) { const f = s.replace(/^-/, ''), sign = s[0] === '-' ? -1 : 1; rows = [...rows].sort((x, y) => sign * (x[f] === y[f] ? 0 : x[f] === undefined ? 1 : y[f] === undefined ? -1 : x[f] > y[f] ? 1 : -1)); }
		const from = Number(q.get('cursor') ?? 0), n = Number(q.get('limit') ?? 50), facets = {};
		for (const f of (q.get('facets') ?? '').split(',').filter(Boolean)) { facets[f] = {}; for (const r of rows) if (!empty(r[f])) facets[f][r[f]] = (facets[f][r[f]] ?? 0) + 1; }
		return ok({ items: rows.slice(from, from + n), next: from + n < rows.length ? String(from + n) : null, total: rows.length, names, facets });
	}
	if (!b && m === 'POST') { if (!body.title) return no(422, 'invalid', 'Not valid', [{ field: 'title', code: 'required', message: 'is required' }]); const r = { ...make(k, all[a].length + 1), ...body, state: k.states.find((s) => s.start).state, version: 1 }; for (const f of k.fields) if (!f.envelope && !(f.name in body)) delete r[f.name]; all[a].push(r); log(r, 'record.create'); tell(r); return ok(shape(r), 201); }
	if (!b && m === 'PATCH') { const results = body.ids.map((id, i) => { const r = all[a].find((x) => x.id === id); if (k.states.find((s) => s.state === r.state)?.locked) return { id, key: r.key, ok: false, status: 409, errors: [{ message: 'The record is locked in this state' }] }; Object.assign(r, body.set); r.version++; return { id, key: r.key, ok: true, version: r.version }; }); return ok({ results }); }
	const r = all[a].find((x) => x.id === b || x.key === b);
	if (!r) return no(404, 'not_found', 'Not found');
	if (!c && m === 'GET') return ok(shape(r));
	if (!c && m === 'PATCH') {
		if (req.headers['if-match'] && req.headers['if-match'] !== `"${r.version}"`) return no(412, 'stale', 'Stale');
		const errors = Object.entries(body).filter(([n, v]) => k.fields.find((f) => f.name === n)?.type === 'integer' && v !== null && !Number.isInteger(v)).map(([field]) => ({ field, code: 'type', message: 'must be a whole number' }));
		if (errors.length) return no(422, 'invalid', 'Not valid', errors);
		const changes = Object.entries(body).map(([field, to]) => ({ field, from: r[field], to }));
		for (const [n, v] of Object.entries(body)) if (v === null) delete r[n]; else r[n] = v;
		r.version++; r.updated_at = at(0); names[r.id] = { ...names[r.id], title: r.title }; log(r, 'record.change', { changes }); tell(r);
		return ok(shape(r));
	}
	if (c === 'moves' && m === 'GET') return ok({ moves: k.moves.filter((x) => x.from === 'any' ? r.state !== x.to : [x.from].flat().includes(r.state)).map((x) => { const why = missing(k, r, x); return { move: x.move, to: x.to, title: x.title, allowed: !why.length, asks: x.asks, reason: x.reason, fresh: x.fresh, stop: x.stop, mine: x.by[0] !== 'internal_auditor', why_not: why, signatures: x.and_by ? [{ person: 'usr_1', name: 'Maya Chen', at: at(-1) }] : [] }; }), names });
	if (c === 'moves') { const x = k.moves.find((o) => o.move === d); const errors = [...(x.asks ?? []).filter((n) => empty(body[n]) && empty(r[n])).map((field) => ({ field, code: 'required', message: 'is required' })), ...missing(k, { ...r, ...body }, x)]; if (errors.length) return no(409, 'guard', 'Something is missing', errors); const from = r.state; Object.assign(r, body); delete r.reason; r.state = x.to; r.version++; names[r.id].state = x.to; log(r, 'record.move', { move: x.move, from, to: x.to, reason: body.reason }); tell(r); return ok(shape(r)); }
	if (c === 'history') return ok({ items: [...(history[r.id] ?? []), { version: 2, at: at(-4), actor: { id: 'usr_1', name: 'Maya Chen', type: 'user' }, act: 'record.change', changes: k.fields.filter((f) => !f.envelope && !empty(r[f.name])).slice(0, 3).map((f) => ({ field: f.name, to: r[f.name] })), reason: 'After the workshop with the business', ledger: 640 }, { version: 1, at: at(-9), actor: { id: 'usr_0', name: 'Lin Wang', type: 'user' }, act: 'record.create', ledger: 611 }], names });
	if (c === 'links' && m === 'GET') return ok({ items: k.fields.filter((f) => ['ref', 'refs'].includes(f.type) && K[f.to] && !empty(r[f.name])).flatMap((f) => [r[f.name]].flat().filter((id) => names[id]).map((id) => ({ type: f.name, title: f.title, direction: 'out', free: false, record: { ...names[id], id } }))) });
	if (c === 'comments') { const l = (comments[r.id] ??= [{ id: 'c1', author: 'usr_1', at: at(-2), body: 'Please confirm the numbers with the data team.\n请确认。' }]); if (m === 'POST') l.push({ id: `c${l.length + 1}`, author: 'usr_0', at: at(0), body: body.body }); return ok({ items: l, names }); }
	return ok({});
}
const types = { js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml', html: 'text/html' };
createServer(async (req, res) => {
	const url = new URL(req.url, 'http://x');
	if (url.pathname === '/api/v1/stream') { res.writeHead(200, { 'Content-Type': 'text/event-stream' }); res.write(':\n\n'); streams.add(res); req.on('close', () => streams.delete(res)); return; }
	if (url.pathname.startsWith('/api/v1/')) {
		const parts = []; for await (const part of req) parts.push(part);
		let out; try { const text = Buffer.concat(parts).toString(); out = await api(req, url, req.headers['content-type']?.includes('json') && text ? JSON.parse(text) : {}); } catch (e) { console.error(e); out = { status: 500, data: { detail: String(e) } }; }
		const textual = typeof out.data === 'string'; res.writeHead(out.status, { 'Content-Type': textual ? 'text/plain' : out.status >= 400 ? 'application/problem+json' : 'application/json' }); return res.end(textual ? out.data : JSON.stringify(out.data));
	}
	const file = join(dist, url.pathname), found = url.pathname !== '/' && existsSync(file) ? file : join(dist, 'index.html');
	res.writeHead(200, { 'Content-Type': types[found.split('.').pop()] ?? 'application/octet-stream', 'Content-Security-Policy': "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; font-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'" });
	res.end(readFileSync(found));
}).listen(Number(process.argv[2] ?? 8431), '127.0.0.1', () => console.log('mock on', process.argv[2] ?? 8431));
