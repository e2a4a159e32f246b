// SPDX-License-Identifier: Apache-2.0
import { isPerson } from '../../model/model.svelte';
import type { Type } from '../type';
import Filter from './Filter.svelte';
import Input from './Input.svelte';
import { labelOf } from './label';
import Value from './Value.svelte';

export const ref: Type = {
	input: Input, value: Value, filter: Filter,
	text: labelOf,
	read: (typed) => typed,
	width: (field) => (field.type === 'refs' ? [140, 220] : isPerson(field) ? [98, 170] : [96, 280]),
	cell: '170px', sorts: true, groups: true, atOnce: true
};
