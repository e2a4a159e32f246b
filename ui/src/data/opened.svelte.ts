// SPDX-License-Identifier: Apache-2.0
// Which files this person has opened since the page was loaded: who accepts one should have.
import { SvelteSet } from 'svelte/reactivity';

export const opened = new SvelteSet<string>();
