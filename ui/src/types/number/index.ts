// SPDX-License-Identifier: Apache-2.0
import { number as shown } from '../../model/format';
import type { Type } from '../type';
import Filter from './Filter.svelte';
import Input from './Input.svelte';
import Value from './Value.svelte';

export const number: Type = {
	input: Input, value: Value, filter: Filter,
	text: (_, value) => shown(value),
	read: (typed) => Number(typed),
	width: (field) => (field.type === 'integer' ? [84, 96] : [84, 104]),
	cell: '90px', sorts: true, numeric: true
};
