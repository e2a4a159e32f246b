// SPDX-License-Identifier: Apache-2.0
import { t } from '../../i18n/t.svelte';
import type { Type } from '../type';
import Filter from './Filter.svelte';
import Input from './Input.svelte';
import Value from './Value.svelte';

export const yesNo: Type = {
	input: Input, value: Value, filter: Filter,
	text: (_, value) => t(value ? 'value.yes' : 'value.no'),
	read: (typed) => typed === '1' || typed === 'true',
	width: () => [76, 96],
	cell: '90px', sorts: true, groups: true
};
