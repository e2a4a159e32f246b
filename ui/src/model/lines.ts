// SPDX-License-Identifier: Apache-2.0
// The model is one JSON object in lines: what it begins with, two lines for each register, the rest. The second line of a register is
// by far the longer one, and most pages need it of a few registers: it is read when something in it is first asked for.
import type { Kind, Model } from '../data/types';

const LATER = ['fields', 'states', 'moves', 'access'] as const;

function register(head: string, rest: string): Kind {
	const kind = JSON.parse(`${head.replace(/^,/, '')}}`) as Kind;
	let read: Kind | undefined;
	for (const name of LATER) {
		Object.defineProperty(kind, name, { enumerable: true, configurable: true, get: () => (read ??= JSON.parse(`{${rest.slice(1)}`) as Kind)[name] });
	}
	return kind;
}

export function readModel(text: string): Model {
	const lines = text.split('\n');
	if (lines.length < 4) return JSON.parse(text) as Model;
	const kinds: Kind[] = [];
	for (let at = 1; at < lines.length - 1; at += 2) kinds.push(register(lines[at]!, lines[at + 1]!));
	return { ...JSON.parse(`${lines[0]!}]}`), ...JSON.parse(`{${lines.at(-1)!.slice(2)}`), kinds } as Model;
}
