// SPDX-License-Identifier: Apache-2.0
// Clocks and keeping times on a page: the moment and how it stands are two fields of the model and one line for people.
import type { AnyRecord, Field } from '../data/types';

const NOTHING = new Set(['not_applicable', 'none']);

/** Without those that stand in the line of their clock. */
export const lines = (fields: Field[]): Field[] => fields.filter((field) => !field.clock || !fields.some((one) => one.name === field.clock));
/** Says only that it does not apply. */
export const unneeded = (field: Field, record: AnyRecord): boolean => !!field.standing && NOTHING.has(String(record[field.standing] ?? ''));
/** Has something to say, by itself or by how it stands. */
export const says = (field: Field, record: AnyRecord, empty: (value: unknown) => boolean): boolean =>
	!empty(record[field.name]) || (!!field.standing && !empty(record[field.standing]) && !unneeded(field, record));
