// SPDX-License-Identifier: Apache-2.0
// The types of fields: a new one is a folder beside the others and a line here.
import type { Field, Kind } from '../data/types';
import { language, t, w } from '../i18n/t.svelte';
import { isEmpty } from '../model/condition';
import { human, nameOf } from '../model/format';
import { stateOf } from '../model/model.svelte';
import { choice } from './choice';
import { date } from './date';
import { document } from './document';
import { file } from './file';
import { moment } from './moment';
import { note } from './note';
import { number } from './number';
import { ref } from './ref';
import { rows } from './rows';
import { text as line } from './text';
import type { Type } from './type';
import { yesNo } from './yes_no';

/** What has values to choose from is a choice, whatever it is kept as; an unknown type is shown as text. */
export function typeOf(field: Field): Type {
	if (field.of) return choice;
	switch (field.type) {
		case 'note': return note;
		case 'integer': case 'number': return number;
		case 'yes_no': return yesNo;
		case 'date': return date;
		case 'moment': return moment;
		case 'ref': case 'refs': return ref;
		case 'document': return document;
		case 'file': return file;
		case 'rows': return rows;
		default: return line;
	}
}
/** One value of a field as plain text. */
export const oneText = (field: Field, value: unknown): string => typeOf(field).text(field, value);

/** A value as plain text: for chips, previews and the history. */
export function text(field: Field | undefined, value: unknown, kind?: Kind): string {
	if (isEmpty(value)) return t('value.none');
	if (!field) return typeof value === 'object' ? JSON.stringify(value) : String(value);
	if (field.name === 'state' && kind) return w(stateOf(kind, String(value))?.title) || String(value);
	if (!Array.isArray(value)) return oneText(field, value);
	if (field.type !== 'rows' && typeof value[0] === 'object')
		return (value as { type: string; id: string }[]).map((one) => `${human(one.type)}: ${nameOf(one.id)}`).join(' · ');
	return value.map((one) => oneText(field, one)).join(field.type === 'rows' ? ' · ' : language.now === 'zh' ? '、' : ', ');
}
