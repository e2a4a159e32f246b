// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { readModel } from '../src/model/lines';

const text = '{"hash":"h","kinds":[\n{"kind":"a","list":["title"]\n,"fields":[{"name":"title","about":{"en":"One\\nTwo"}}],"states":[],"moves":[],"access":{}}\n,{"kind":"b","list":[]\n,"fields":[],"states":[{"state":"open"}],"moves":[],"access":{}}\n],"roles":[{"role":"r"}]}';

describe('the model in lines', () => {
	it('is what the same text is as JSON', () => {
		const model = readModel(text);
		expect(JSON.parse(JSON.stringify(model))).toEqual(JSON.parse(text));
		expect({ ...model.kinds[0]! }).toEqual(JSON.parse(text).kinds[0]);
	});
	it('reads a register when something in it is asked for, and once', () => {
		const broken = text.replace('"states":[{"state":"open"}]', '"states":[{');
		const model = readModel(broken);
		expect(model.kinds[0]!.fields[0]!.name).toBe('title');
		expect(model.kinds[1]!.kind).toBe('b');
		expect(() => model.kinds[1]!.states).toThrow();
		const whole = readModel(text);
		expect(whole.kinds[1]!.states).toBe(whole.kinds[1]!.states);
	});
	it('takes a model without lines', () => {
		expect(readModel(text.replaceAll('\n', ''))).toEqual(JSON.parse(text));
		expect(readModel('{"hash":"","kinds":[\n],"roles":[]}').kinds).toEqual([]);
	});
});
