// SPDX-License-Identifier: Apache-2.0
import { moment as shown } from '../../model/format';
import Filter from '../date/Filter.svelte';
import type { Type } from '../type';
import Input from './Input.svelte';
import Value from './Value.svelte';

export const moment: Type = {
	input: Input, value: Value, filter: Filter,
	text: (_, value) => shown(value),
	read: (typed) => typed,
	width: () => [148, 160],
	cell: '170px', sorts: true
};
