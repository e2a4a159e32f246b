// SPDX-License-Identifier: Apache-2.0
// After the bundle: writes .gz and .br twins, manifest.json for the embedder, and holds the size budget.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const dist = join(dirname(fileURLToPath(import.meta.url)), '../dist');
const types = {
	html: 'text/html; charset=utf-8',
	js: 'text/javascript; charset=utf-8',
	css: 'text/css; charset=utf-8',
	svg: 'image/svg+xml',
	json: 'application/json'
};
// The charts come with the first picture that somebody opens, and with nothing else. All pages together are of nobody's first load:
// that bound grows with pages that are new, and is there to be noticed.
const budget = { first: 150_000, all: 660_000, charts: 200_000 };

function walk(folder, out = []) {
	for (const entry of readdirSync(folder, { withFileTypes: true })) {
		const path = join(folder, entry.name);
		if (entry.isDirectory()) walk(path, out);
		else if (!/\.(gz|br)$/.test(entry.name) && entry.name !== 'manifest.json') out.push(path);
	}
	return out.sort();
}

const manifest = [];
const zipped = new Map();
for (const path of walk(dist)) {
	const file = relative(dist, path).replaceAll('\\', '/');
	const raw = readFileSync(path);
	const gz = gzipSync(raw, { level: 9 });
	const br = brotliCompressSync(raw, {
		params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: raw.length }
	});
	gz[9] = 255; // the operating system byte would make builds differ
	writeFileSync(`${path}.gz`, gz);
	writeFileSync(`${path}.br`, br);
	zipped.set(file, gz.length);
	manifest.push({
		path: `/${file}`,
		file,
		type: types[file.slice(file.lastIndexOf('.') + 1)] ?? 'application/octet-stream',
		immutable: file.startsWith('assets/'),
		gz: true,
		br: true
	});
}
writeFileSync(join(dist, 'manifest.json'), `${JSON.stringify(manifest, null, '\t')}\n`);

// First load: the page, what it names, the scripts those import at once, one language.
const first = new Set(['index.html']);
function add(file) {
	if (first.has(file) || !zipped.has(file)) return;
	first.add(file);
	if (!file.endsWith('.js')) return;
	const source = readFileSync(join(dist, file), 'utf8');
	for (const found of source.matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)) add(`assets/${found[1]}`);
}
const index = readFileSync(join(dist, 'index.html'), 'utf8');
for (const found of index.matchAll(/(?:src|href)="\/([^"]+)"/g)) add(found[1]);
for (const file of zipped.keys()) if (/^assets\/(zh|sprite)-/.test(file)) add(file);
const sum = (files) => [...files].reduce((total, file) => total + (zipped.get(file) ?? 0), 0);
const firstSize = sum(first);
const charts = [...zipped.keys()].filter((file) => /^assets\/charts-/.test(file));
const chartSize = sum(charts);
const allSize = sum(zipped.keys()) - chartSize;
console.log(`first load ${(firstSize / 1000).toFixed(1)} kB gz (${first.size} files), charts ${(chartSize / 1000).toFixed(1)} kB gz, all else ${(allSize / 1000).toFixed(1)} kB gz`);
if (charts.some((file) => first.has(file))) {
	console.error('the charts are part of the first load');
	process.exit(1);
}
if (firstSize > budget.first || allSize > budget.all || chartSize > budget.charts) {
	console.error(`over the budget of ${budget.first / 1000} / ${budget.all / 1000} kB gz, charts ${budget.charts / 1000} kB gz`);
	process.exit(1);
}
