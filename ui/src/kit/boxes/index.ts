// SPDX-License-Identifier: Apache-2.0
// What opens over a page: with the library that places it, keeps the focus in it and closes it. Fetched behind the first page.
export { default as MenuBox } from './MenuBox.svelte';
export { default as ModalBox } from './ModalBox.svelte';
export { default as PopBox } from './PopBox.svelte';
