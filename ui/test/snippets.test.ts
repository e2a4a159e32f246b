// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { line, snippetsFor } from '../src/live/snippets';

const all = snippetsFor('https://aims.example.org/below', 'SYS-0042');

describe('snippets', () => {
	it('go to this address, as this system, with the token of the environment', () => {
		for (const one of all) {
			expect(one.text).toContain(one.id === 'node' ? 'https://aims.example.org/below/v1/traces' : 'https://aims.example.org/below/api/v1/events');
			expect(one.text).toContain('SYS-0042');
			expect(one.text).toContain('AIMWELL_TOKEN');
			expect(one.text).not.toContain('aw_');
		}
	});
	it('send a line that is one', () => {
		const wanted = line('SYS-0042', 'now');
		const curl = /--data-binary '(.*?)'\$\(date[^)]*\)'(.*?)'/.exec(all[0]!.text)!;
		expect(JSON.parse(`${curl[1]}now${curl[2]}`)).toEqual(wanted);
		const go = /event := `(.*?)` \+ .*? \+ `(.*?)`/.exec(all[3]!.text)!;
		expect(JSON.parse(`${go[1]}now${go[2]}`)).toEqual(wanted);
		const java = /event = "(.*?)" \+ Instant.now\(\) \+ "(.*?)";/.exec(all[4]!.text)!;
		expect(JSON.parse(JSON.parse(`"${java[1]}now${java[2]}"`) as string)).toEqual(wanted);
	});
});
