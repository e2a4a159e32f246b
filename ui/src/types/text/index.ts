// SPDX-License-Identifier: Apache-2.0
import type { Type } from '../type';
import Filter from './Filter.svelte';
import Input from './Input.svelte';
import Value from './Value.svelte';

export const text: Type = {
	input: Input, value: Value, filter: Filter,
	text: (_, value) => String(value),
	read: (typed) => typed,
	width: (field) => (field.many ? [140, 240] : [104, 240]),
	cell: '170px', sorts: true
};
