// SPDX-License-Identifier: Apache-2.0
import type { Field } from '../../data/types';
import { nameOf, rowOf } from '../../model/format';

export const labelOf = (field: Field, value: unknown): string => (field.to === 'requirement' ? rowOf(value) : nameOf(value));
