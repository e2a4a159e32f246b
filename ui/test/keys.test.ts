// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it } from 'vitest';
import { typing } from '../src/app/keys';
import { neighbours, setTrail } from '../src/app/trail';

describe('single keys', () => {
	beforeEach(() => {
		document.body.innerHTML = '<input id="a"><input id="b" type="checkbox"><textarea id="c"></textarea><button id="d"></button><select id="e"></select><input id="f" type="file">';
	});
	it.each([['a', true], ['b', false], ['c', true], ['d', false], ['e', true], ['f', false]])('in #%s somebody types: %s', (id, wanted) => {
		expect(typing(document.getElementById(id))).toBe(wanted);
	});
});
describe('the way along a list', () => {
	it('knows the neighbours in the list one came from, and only there', () => {
		const [one, two, three] = [{ kind: 'x', key: 'X-1' }, { kind: 'x', key: 'X-2' }, { kind: 'y', key: 'Y-1' }];
		setTrail([one, two, three]);
		expect(neighbours('x', 'X-2')).toEqual({ before: one, after: three, at: 2, of: 3 });
		expect(neighbours('y', 'Y-1')?.after).toBeUndefined();
		expect(neighbours('y', 'X-2')).toBeNull();
		expect(neighbours('x', 'X-9')).toBeNull();
	});
});
