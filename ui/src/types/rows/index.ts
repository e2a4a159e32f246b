// SPDX-License-Identifier: Apache-2.0
import type { Row } from '../../data/types';
import { w } from '../../i18n/t.svelte';
import { isEmpty } from '../../model/condition';
import { oneText } from '..';
import type { Type } from '../type';
import Input from './Input.svelte';
import Value from './Value.svelte';

export const rows: Type = {
	input: Input, value: Value,
	text: (field, value) => (field.columns ?? []).filter((c) => !isEmpty((value as Row)[c.name])).map((c) => `${w(c.title)}: ${oneText(c, (value as Row)[c.name])}`).join(', '),
	read: (typed) => typed,
	width: () => [96, 120],
	cell: '170px', wide: true
};
