// SPDX-License-Identifier: Apache-2.0
import { date as shown } from '../../model/format';
import type { Type } from '../type';
import Filter from './Filter.svelte';
import Input from './Input.svelte';
import Value from './Value.svelte';

export const date: Type = {
	input: Input, value: Value, filter: Filter,
	text: (_, value) => shown(value),
	read: (typed) => typed,
	width: () => [110, 124],
	cell: '150px', sorts: true, atOnce: true
};
