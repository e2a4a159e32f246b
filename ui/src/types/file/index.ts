// SPDX-License-Identifier: Apache-2.0
import { fileName } from '../../model/format';
import type { Type } from '../type';
import Input from './Input.svelte';
import Value from './Value.svelte';

export const file: Type = {
	input: Input, value: Value,
	text: (_, value) => fileName(String(value)),
	read: (typed) => typed,
	width: () => [96, 120],
	cell: '170px', atOnce: true
};
