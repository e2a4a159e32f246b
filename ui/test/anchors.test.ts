// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { anchored, countByField, onField } from '../src/model/anchors';

it('a comment says which answer it is about, and only at its beginning', () => {
	expect(anchored(onField('harms', 'who else?'))).toEqual({ field: 'harms', body: 'who else?' });
	expect(anchored('#[x_own]\n说明')).toEqual({ field: 'x_own', body: '说明' });
	for (const body of ['plain', 'see #[harms] there', '#[Harms] x', '#[] x', '# [harms] x', '#[harms', onField(undefined, 'x'), onField('', 'x')])
		expect(anchored(body)).toEqual({ field: '', body });
	expect(anchored('#[harms] #[benefits] x')).toEqual({ field: 'harms', body: '#[benefits] x' });
});
it('they are counted by field; what is hidden or taken out counts nowhere', () => {
	expect(countByField([{ body: '#[a] 1' }, { body: '#[b] 2' }, { body: '#[a] 3' }, { body: '4' }, {}, { body: '' }])).toEqual({ a: 2, b: 1 });
});
