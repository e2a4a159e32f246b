// SPDX-License-Identifier: Apache-2.0
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// What every page needs is one file; the pages, the month grid and the languages are files of their own.
function chunkOf(id: string): string | undefined {
	if (/@internationalized|bits\/(calendar|date-|range-calendar|date-range)|internal\/date-time|kit\/Calendar/.test(id)) return 'calendar';
	if (/node_modules\/(echarts|zrender|tslib)\//.test(id)) return 'charts';
	// What opens over a page, with the library that it takes.
	if (/node_modules\/(bits-ui|@floating-ui|tabbable|svelte-toolbelt|runed|inline-style-parser|style-to-object)\/|\/src\/kit\/boxes\//.test(id)) return 'boxes';
	// Dialogs that somebody must first open, and what only one page reckons with.
	if (/\/src\/(app\/(Palette|KeyHelp|WorkDialog)|model\/(ask|starter|pinyin)|kit\/Gate)\b/.test(id)) return undefined;
	if (/node_modules\/|\/src\/(app|data|kit|model)\/|i18n\/t\.svelte|vite\/|commonjsHelpers/.test(id)) return 'app';
	return undefined;
}

// The pages may lie below a path that only the server knows: scripts and styles name each other from where they are.
// The first page names them from the root, and the server puts the path before that.
const near = (_file: string, { hostType }: { hostType: string }): { relative: boolean } | undefined => (hostType === 'html' ? undefined : { relative: true });

export default defineConfig({
	plugins: [svelte()],
	experimental: { renderBuiltUrl: near },
	build: {
		target: 'es2022',
		outDir: 'dist',
		emptyOutDir: true,
		assetsInlineLimit: 0,
		modulePreload: { polyfill: false },
		reportCompressedSize: false,
		rollupOptions: { output: { manualChunks: chunkOf } }
	},
	server: { proxy: { '/api': process.env.AIMWELL_URL ?? 'http://127.0.0.1:8420' } },
	resolve: process.env.VITEST ? { conditions: ['browser'] } : {},
	test: { environment: 'happy-dom', include: ['test/**/*.test.ts'] }
});
