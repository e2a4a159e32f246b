// SPDX-License-Identifier: Apache-2.0
// What an administrator says of a field or a register, and the same as the server takes it.
import type { Role } from '../../data/types';

export const TYPES = ['text', 'note', 'integer', 'number', 'yes_no', 'date', 'choice', 'ref', 'refs', 'file', 'document'] as const;
export const PATTERNS = ['open_closed', 'draft_approved', 'in_use'] as const;

export interface SaidField {
	title: string;
	titleZh: string;
	about: string;
	type: (typeof TYPES)[number];
	/** One a line: "North office" or "North office | 北部办公室". */
	choices: string;
	to: string;
	many: boolean;
	required: boolean;
	sensitive: boolean;
}
export interface SaidKind {
	title: string;
	titleZh: string;
	plural: string;
	pluralZh: string;
	about: string;
	prefix: string;
	states: (typeof PATTERNS)[number];
	approver: string;
	read: string;
	create: string;
	fields: SaidField[];
}
export const emptyField = (): SaidField =>
	({ title: '', titleZh: '', about: '', type: 'text', choices: '', to: 'person', many: false, required: false, sensitive: false });
export const emptyKind = (): SaidKind =>
	({ title: '', titleZh: '', plural: '', pluralZh: '', about: '', prefix: '', states: 'open_closed', approver: 'aims_manager', read: 'staff', create: 'staff', fields: [] });

/** "Agency in charge" → agency_in_charge. */
const slug = (text: string): string =>
	text.normalize('NFKD').toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '').slice(0, 36).replace(/_+$/, '');
export const nameFrom = (title: string): string => `x_${slug(title) || '…'}`;
/** "Site visit" → XSV; of one word its beginning. */
export function letters(title: string): string {
	const words = slug(title).replace(/[0-9]/g, '').split('_').filter(Boolean);
	const first = words.length > 1 ? words.map((word) => word[0]).join('') : (words[0] ?? '');
	return `X${first.toUpperCase().slice(0, words.length > 1 ? 3 : 2)}`;
}
const words = (en: string, zh = ''): { en: string; zh?: string } => (zh.trim() ? { en: en.trim(), zh: zh.trim() } : { en: en.trim() });

export function choicesFrom(text: string): { value: string; title: { en: string; zh?: string } }[] {
	return text.split('\n').map((line) => line.split('|').map((one) => one.trim())).filter(([en]) => en)
		.map(([en = '', zh = '']) => ({ value: slug(en), title: words(en, zh) }));
}
export function fieldBody(said: SaidField): Record<string, unknown> {
	const points = said.type === 'ref' || said.type === 'refs';
	return {
		name: nameFrom(said.title), type: said.type, title: words(said.title, said.titleZh),
		...(said.about.trim() ? { about: words(said.about) } : {}),
		...(said.type === 'choice' ? { choices: choicesFrom(said.choices) } : {}),
		...(points ? { to: said.to } : {}),
		...(said.many && (said.type === 'choice' || said.type === 'text') ? { many: true } : {}),
		...(said.required ? { required: true } : {}),
		...(said.sensitive ? { sensitive: true } : {})
	};
}
export function kindBody(said: SaidKind, name: string, prefix: string): Record<string, unknown> {
	return {
		name, prefix, title: words(said.title, said.titleZh), plural: words(said.plural, said.pluralZh), about: words(said.about),
		states: said.states, approver: said.approver, fields: said.fields.map(fieldBody),
		read: [said.read], create: [said.create], change: ['@owner', said.approver]
	};
}
/** Roles of the business: an administrator's is none. */
export const approvers = (all: Role[]): Role[] => all.filter((role) => role.business !== false && role.role !== 'staff');
