// SPDX-License-Identifier: Apache-2.0
import { choiceOf, isToned } from '../../model/model.svelte';
import { CHIP, longest } from '../room';
import type { Type } from '../type';
import Filter from './Filter.svelte';
import Input from './Input.svelte';
import { labelOf } from './label';
import Value from './Value.svelte';

export const choice: Type = {
	input: Input, value: Value, filter: Filter,
	text: labelOf,
	read: (typed, field) => choiceOf(field, typed)?.value ?? typed,
	width: (field) => {
		if (field.type === 'integer') return [128, 180];
		if (field.many) return [150, 240];
		const ends = isToned(field) ? CHIP : 18;
		return [longest(field.of ?? [], 50, 100) + ends, longest(field.of ?? [], 50, 180) + ends];
	},
	cell: '170px', sorts: true, groups: true
};
