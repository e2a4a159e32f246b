// SPDX-License-Identifier: Apache-2.0
import type { Type } from '../type';
import Input from './Input.svelte';
import Value from './Value.svelte';

export const note: Type = {
	input: Input, value: Value,
	text: (_, value) => String(value),
	read: (typed) => typed,
	width: () => [200, 360],
	cell: '220px'
};
