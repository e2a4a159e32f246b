// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { FrameworkDetail, Kind, Soa } from '../src/data/types';
import { parseView, viewSearch } from '../src/model/filter';
import { between, Counts, inYear, isGap, leftOut, narrowed, partsOf, placeOf, placeText, statesOf, yearsOf, type Coverage } from '../src/shapes/coverage';
import { csvOf } from '../src/shapes/csv';

const shape: Coverage = { shape: 'coverage', rows: 'rules', by: 'area', on: 'day', done: ['told'] };
const kind = { kind: 'look', states: [{ state: 'new' }, { state: 'going' }, { state: 'told' }, { state: 'off', end: true }] } as unknown as Kind;
const framework = { framework: 'fw', title: { en: 'FW' }, groups: [{ id: '1', title: { en: 'One' } }, { id: 'A', title: { en: 'Controls' } }], rows: [{ id: '1.1', group: '1', type: 'clause', title: { en: 'First' } }, { id: '1.2', group: '1', type: 'clause', title: { en: 'Second' } }, { id: 'A.1', group: 'A', type: 'control', title: { en: 'Control' } }] } as FrameworkDetail;

describe('the place of a coverage', () => {
	it('is the first year, the second axis and what stands out', () => {
		expect(placeOf('')).toEqual({ first: 0, split: false, gaps: false });
		expect(placeOf('2026,by,gaps')).toEqual({ first: 2026, split: true, gaps: true });
		expect(placeOf('twenty,by')).toEqual({ first: 0, split: true, gaps: false });
		for (const text of ['coverage', 'coverage:2026', 'coverage:,by', 'coverage:2026,by,gaps']) expect(placeText(placeOf(text.slice(9)))).toBe(text);
	});
	it('has the years of the period, else those around today; stepping keeps how many', () => {
		expect(yearsOf(placeOf(''), '2026-11-29')).toEqual([2025, 2026, 2027]);
		expect(yearsOf(placeOf(''), '2026-11-29', { from: '2026-04-08', to: '2028-04-02' })).toEqual([2026, 2027, 2028]);
		expect(yearsOf(placeOf('2030'), '2026-11-29', { from: '2026-04-08', to: '2027-04-02' })).toEqual([2030, 2031]);
		expect(yearsOf(placeOf(''), '2026-11-29', { from: '2026-01-01', to: '2099-01-01' }).length).toBe(6);
		expect(yearsOf(placeOf(''), '2026-11-29', { from: '2026-01-01', to: '2020-01-01' })).toEqual([2026]);
	});
});
describe('filters of a coverage', () => {
	it('are made narrower, never wider, and each stands once', () => {
		const view = parseView('?programme=p&day.gte=2026-05-01&rules=fw:1.1,fw:1.2&rules.not=fw:A.1&shape=coverage');
		expect(viewSearch(inYear(view, 'day', 2026))).toBe('?programme=p&rules=fw:1.1,fw:1.2&rules.not=fw:A.1&day.gte=2026-05-01&day.lte=2026-12-31&shape=coverage');
		expect(viewSearch(between(view, 'day', '2027-01-01', '2027-12-31'))).toContain('day.gte=2027-01-01');
		expect(viewSearch({ ...narrowed(narrowed(view, 'rules', 'fw:1.2'), 'area', null), shape: '' })).toBe('?programme=p&day.gte=2026-05-01&rules.not=fw:A.1&rules=fw:1.2&area.empty=1');
	});
	it('count what is done and what is planned, and nothing that was called off', () => {
		expect(statesOf(kind, shape, parseView(''), true)).toEqual(['told']);
		expect(statesOf(kind, shape, parseView(''), false)).toEqual(['new', 'going']);
		expect(statesOf(kind, shape, parseView('?state=new,told'), false)).toEqual(['new']);
		expect(statesOf(kind, shape, parseView('?state=off'), true)).toEqual([]);
	});
});
describe('rows of a coverage', () => {
	const row = (applicable: boolean, state: string, changed = false) => ({ row: 'A.1', applicable, changed, entry: { state } });
	const statement = (one: unknown) => ({ rows: [one] }) as unknown as Soa;
	it('are all there are, in their groups, and what is named and known no more', () => {
		expect(partsOf([framework], new Map([['fw:A.1', 'signed']]), ['fw:1.1', 'old:9'], []).map((one) => one.rows.map((r) => [r.id, r.out, r.known]))).toEqual([[['fw:1.1', '', true], ['fw:1.2', '', true]], [['fw:A.1', 'signed', true]], [['old:9', '', false]]]);
		expect(partsOf([framework], new Map(), [], ['fw:1.2']).flatMap((one) => one.rows.map((r) => r.id))).toEqual(['fw:1.2']);
	});
	it('are left out by what the statement says, as it was signed', () => {
		expect(leftOut(statement(row(false, 'excluded')), 'fw', ['excluded'])).toEqual([['fw:A.1', 'signed']]);
		expect(leftOut(statement(row(true, 'excluded')), 'fw', ['excluded'])).toEqual([['fw:A.1', 'unsigned']]);
		expect(leftOut(statement(row(true, 'excluded', true)), 'fw', ['excluded'])).toEqual([]);
		expect(leftOut(statement(row(true, 'applicable')), 'fw', ['excluded'])).toEqual([]);
	});
	it('stand out when nothing of any year names them; a row above or below does not help', () => {
		const counts = new Counts();
		counts.add('fw:1.1', 2026, null, 'planned', 1);
		counts.add('fw:1', 2026, null, 'done', 1);
		const rows = partsOf([framework], new Map([['fw:A.1', 'unsigned']]), ['fw:1.1', 'fw:1'], []).flatMap((one) => one.rows);
		expect(rows.filter((one) => isGap(one, counts, [2025, 2026])).map((one) => one.id)).toEqual(['fw:1.2']);
		expect(rows.filter((one) => isGap(one, counts, [2025])).map((one) => one.id)).toEqual(['fw:1.1', 'fw:1.2']);
		expect(counts.of('fw:1.1', 2026)).toEqual({ done: 0, planned: 1 });
		expect(counts.of('fw:1.1', 2026, 'unit')).toEqual({ done: 0, planned: 0 });
	});
});
describe('a table as a file', () => {
	it('guards what a spreadsheet would run, as the exports of the server do', () => {
		expect(csvOf([['=1+1', '+cmd', '-3', '@x', "'=a", "it's", 7]])).toBe("'=1+1,'+cmd,-3,'@x,''=a,it's,7\r\n");
		expect(csvOf([['a,b', 'say "no"', 'two\nlines', ' led', '\t=1']])).toBe('"a,b","say ""no""","two\nlines"," led","\'\t=1"\r\n');
		expect(csvOf([[''], []])).toBe('""\r\n""\r\n');
	});
});
