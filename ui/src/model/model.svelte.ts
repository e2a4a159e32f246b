// SPDX-License-Identifier: Apache-2.0
// The model in the hand of the pages: lookups by name, nothing that knows a particular kind.
import { t, w, type Key } from '../i18n/t.svelte';
import type { AskHead, DeciderHead, StarterHead } from '../data/begin';
import type { Choice, Deadline, Field, Framework, Home, Kind, Model, Move, Role, Shape, State, TraceModel, WorkCalendar } from '../data/types';

let kindsByName = new Map<string, Kind>();
let kindsByPrefix = new Map<string, Kind>();
let fieldsByKind = new Map<string, Map<string, Field>>();
let current = $state.raw<Model | null>(null);
export const model = { get now(): Model | null { return current; } };

export function setModel(next: Model): void {
	kindsByName = new Map(next.kinds.map((kind) => [kind.kind, kind]));
	kindsByPrefix = new Map(next.kinds.map((kind) => [kind.prefix, kind]));
	fieldsByKind = new Map();
	current = next;
}
export const homes = (): Home[] => model.now?.homes ?? [];
export const deadlines = (): Deadline[] => model.now?.deadlines ?? [];
export const deadlineOf = (field: Field): Deadline | undefined => {
	const name = field.deadline ?? field.keep?.deadline;
	return name ? deadlines().find((one) => one.deadline === name) : undefined;
};
export const traces = (): TraceModel[] => model.now?.traces ?? [];
/** Whether records of the kind have a place in a trace. */
export const isTraced = (kind: string): boolean => traces().some((one) => one.columns.some((column) => column.kind === kind));
export const kinds = (): Kind[] => model.now?.kinds ?? [];
export const calendars = (): WorkCalendar[] => model.now?.calendars ?? [];
export const roles = (): Role[] => model.now?.roles ?? [];
export const roleOf = (name: string): Role | undefined => roles().find((role) => role.role === name);
export function kindOf(name: string): Kind | undefined {
	return current ? kindsByName.get(name) : undefined;
}
/** The key that somebody means by `rsk-12`, `RSK12` or `RSK 12`: it is always written with four digits. */
export function keyMeant(typed: string): { kind: Kind; key: string } | undefined {
	const found = /^([a-z]{2,8})[\s_\p{Pd}]*0*(\d{1,12})$/iu.exec(typed.normalize('NFKC').trim());
	const kind = found ? kindsByPrefix.get(found[1]!.toUpperCase()) : undefined;
	return kind && found ? { kind, key: `${kind.prefix}-${found[2]!.padStart(4, '0')}` } : undefined;
}
function fieldsOf(kind: string): Map<string, Field> | undefined {
	const known = fieldsByKind.get(kind), one = kindsByName.get(kind);
	if (known || !one) return known;
	const made = new Map(one.fields.map((field) => [field.name, field]));
	fieldsByKind.set(kind, made);
	return made;
}
export const fieldOf = (kind: Kind | string, name: string): Field | undefined =>
	fieldsOf(typeof kind === 'string' ? kind : kind.kind)?.get(name) ?? (name.includes('.') ? stepsOf(kind, name) : undefined);
const STEPS: Record<string, string[]> = { age: ['7', '30', '90', 'more'], left: ['over', '1', '7', '30', 'more'] };
// i18n: cut.age.7 cut.age.30 cut.age.90 cut.age.more cut.left.over cut.left.1 cut.left.7 cut.left.30 cut.left.more
/** Time in steps, as lists are filtered and counted by it: `state.age`, `due.left`. */
function stepsOf(kind: Kind | string, name: string): Field | undefined {
	const [base = '', how = ''] = name.split('.');
	const field = fieldOf(kind, base);
	if (!field || !STEPS[how]) return undefined;
	const title = how === 'age' ? t('cut.age') : t('cut.left', { field: w(field.title) });
	return { ...field, name, type: 'choice', computed: true, clock: undefined, standing: undefined, title: { en: title, zh: title }, of: STEPS[how].map((value) => { const word = t(`cut.${how}.${value}` as Key); return { value, title: { en: word, zh: word } }; }) } as Field;
}
export const stateOf = (kind: Kind | string | undefined, state: string | undefined): State | undefined =>
	(typeof kind === 'string' ? kindOf(kind) : kind)?.states.find((s) => s.state === state);
export const moveOf = (kind: Kind, move: string): Move | undefined => kind.moves.find((m) => m.move === move);
export const choiceOf = (field: Field | undefined, value: unknown): Choice | undefined =>
	field?.of?.find((choice) => String(choice.value) === String(value));

/** Whether the choices of a field carry meaning (good, bad, waiting) or are plain words. */
export const isToned = (field: Field): boolean => field.of?.some((choice) => choice.tone && choice.tone !== 'idle') ?? false;

/** What the engine keeps itself: shown, never edited. */
const ENGINE = new Set(['id', 'kind', 'key', 'state', 'version', 'author', 'editor', 'created_at', 'updated_at', 'offered_to']);
export const isEngine = (field: Field): boolean => ENGINE.has(field.name);
export const isEditable = (field: Field): boolean => !field.computed && !isEngine(field) && field.fixed !== 'any';
/** Whether it stands while a record is in that state: part of what was decided. */
export const isFixed = (field: Field, state: string | undefined): boolean => field.fixed === 'any' || (!!state && !!field.fixed?.includes(state));
/** The moves that change it all the same. */
export const waysToChange = (kind: Kind, field: Field, state: string): Move[] =>
	kind.moves.filter((m) => m.from.includes(state) && (m.asks?.includes(field.name) || m.takes?.includes(field.name)));
export const isPerson = (field: Field): boolean => (field.type === 'ref' || field.type === 'refs') && field.to === 'person';

const PHASES = ['plan', 'do', 'check', 'act', 'base'];
export const phases = (): string[] => PHASES;
export const kindsOfPhase = (phase: string): Kind[] =>
	kinds().filter((kind) => kind.phase === phase).sort((a, b) => a.order - b.order);
export const frameworkWithRegister = (): Framework | undefined => model.now?.frameworks.find((f) => f.register);
export const isRegister = (kind: string): boolean => model.now?.frameworks.some((f) => f.register?.kind === kind) ?? false;
/** The shape of that name that a kind declares. */
export const shapeOf = <N extends Shape['shape']>(kind: Kind | undefined, name: N): Extract<Shape, { shape: N }> | undefined =>
	kind?.views.find((one): one is Extract<Shape, { shape: N }> => one.shape === name);
/** Kinds whose coverage is looked at for the time that a record of `kind` spans. */
export const spannedBy = (kind: string): Kind[] => kinds().filter((one) => {
	const period = shapeOf(one, 'coverage')?.period;
	return !!period && fieldOf(one, period.by)?.to === kind;
});
export const mapKind = (): Kind | undefined => kinds().find((kind) => shapeOf(kind, 'map'));

/** Kinds whose records point at one of `kind` by a field of their own, and that field: what can be added to it. */
export function pointersTo(kind: string): { kind: Kind; field: Field }[] {
	const proof = proofKind()?.kind.kind;
	return kinds().flatMap((one) => {
		const field = one.fields.find((f) => (f.type === 'ref' || f.type === 'refs') && f.to === kind && !f.envelope && isEditable(f));
		return field && kind !== proof && !isRegister(one.kind) ? [{ kind: one, field }] : [];
	}).sort((a, b) => PHASES.indexOf(a.kind.phase) - PHASES.indexOf(b.kind.phase) || a.kind.order - b.kind.order);
}
/** The requirement field of a framework's register: `framework:number`, of which people read the number. */
export const isRequirement = (kind: Kind | undefined, field: Field): boolean =>
	model.now?.frameworks.some((f) => f.register?.kind === kind?.kind && f.register?.field === field.name) ?? false;

/** The questions that are answered in records of the kind. */
export const askOf = (kind: string): AskHead | undefined => model.now?.asks.find((one) => one.kind === kind);
/** Questions that decide about records of the kind, and those that are answered in them. */
export const decidersAbout = (kind: string): DeciderHead[] => model.now?.deciders.filter((one) => one.subject_kind === kind) ?? [];
export const deciderOf = (kind: string, record: Record<string, unknown>): DeciderHead | undefined =>
	model.now?.deciders.find((one) => one.kind === kind && ((record[one.into] as unknown[] | undefined)?.length || (!stateOf(kind, String(record.state))?.locked && Object.entries(one.begin ?? {}).every(([name, value]) => record[name] === value))));
/** The step that a record hands to its owner: of which register, record and step. */
export function stepHanded(kind: string, record: Record<string, unknown>): { kind: Kind; id: string; step: string } | undefined {
	for (const one of kinds()) {
		const by = one.steps?.assign;
		if (by?.kind === kind && record[by.via] && record[by.step]) return { kind: one, id: String(record[by.via]), step: String(record[by.step]) };
	}
	return undefined;
}
/** What its register can begin with. */
export const starterOf = (kind: string): StarterHead | undefined => model.now?.starters.find((one) => one.kind === kind);

/** The kind that holds proof, and its field for the file: what the envelope's `evidence` points at. */
export function proofKind(): { kind: Kind; file: Field } | undefined {
	for (const kind of kinds()) {
		const to = fieldOf(kind, 'evidence')?.to;
		const target = to ? kindOf(to) : undefined;
		const file = target?.fields.find((field) => field.type === 'file');
		if (target && file) return { kind: target, file };
	}
	return undefined;
}

export interface Group {
	title: Field['title'] | null;
	fields: Field[];
}
const RAIL = new Set(['title', 'owner', 'unit', 'due', 'review_due', 'confidentiality', 'tags', 'external_id', 'evidence', 'links']);

/** Fields in the order people think: the layout of the kind, then what it does not name. */
export function groupsOf(kind: Kind): Group[] {
	const seen = new Set<string>();
	const groups: Group[] = kind.layout.map((part) => ({
		title: part.title,
		fields: part.fields.flatMap((name) => {
			const field = fieldOf(kind, name);
			if (!field || seen.has(name) || name === 'title') return [];
			seen.add(name);
			return [field];
		})
	}));
	const rest = kind.fields.filter((f) => !seen.has(f.name) && !isEngine(f) && !RAIL.has(f.name));
	if (rest.length) groups.push({ title: null, fields: rest });
	return groups.filter((group) => group.fields.length);
}
/** A table with more columns than a line can hold: each of its rows is a card, and it gets a page of its own. */
export const isLarge = (field: Field): boolean => field.type === 'rows' && (field.columns?.length ?? 0) > 6;

/** Some fields as groups of the layout, in its order; a short form is one group without a heading. */
export function grouped(kind: Kind, fields: Field[], few = 5): Group[] {
	if (fields.length <= few) return fields.length ? [{ title: null, fields }] : [];
	const parts = groupsOf(kind).map((group) => ({ ...group, fields: group.fields.filter((f) => fields.includes(f)) })).filter((group) => group.fields.length);
	const rest = fields.filter((f) => !parts.some((group) => group.fields.includes(f)));
	return rest.length ? [...parts, { title: null, fields: rest }] : parts;
}
/** Envelope fields that stand beside the record unless its layout placed them. */
export function railFields(kind: Kind): Field[] {
	const placed = new Set(kind.layout.flatMap((part) => part.fields));
	return ['owner', 'unit', 'due', 'review_due', 'confidentiality', 'tags', 'external_id'].flatMap((name) => {
		const field = fieldOf(kind, name);
		return field && !placed.has(name) ? [field] : [];
	});
}
