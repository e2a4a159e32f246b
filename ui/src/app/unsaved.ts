// SPDX-License-Identifier: Apache-2.0
// What was typed and not yet sent. A dialog or a tab that closes leaves it here and finds it again; an editor
// that cannot be found again asks before it is left. Nothing of it outlives the page.
import { onMount } from 'svelte';

let owner = '';
const drafts = new Map<string, unknown>();
/** Whose drafts these are from now on; nobody finds another person's. */
export function draftsOf(person: string): void {
	if (person !== owner) drafts.clear();
	owner = person;
}
export const draftOf = <T>(name: string, otherwise: T): T => (drafts.has(name) ? (drafts.get(name) as T) : otherwise);
export const keepDraft = (name: string, value: unknown): void => void drafts.set(name, value);
export const dropDraft = (name: string): void => void drafts.delete(name);

interface Editor {
	dirty: () => boolean;
	/** Its text is kept as a draft, so only closing the window loses it. */
	kept: boolean;
}
const editors = new Set<Editor>();
export function useUnsaved(dirty: () => boolean, kept = false): void {
	onMount(() => {
		const editor = { dirty, kept };
		editors.add(editor);
		return () => void editors.delete(editor);
	});
}
export const losesInput = (): boolean => [...editors].some((editor) => !editor.kept && editor.dirty());
export function startUnsaved(): void {
	addEventListener('beforeunload', (event) => {
		if ([...editors].some((editor) => editor.dirty())) event.preventDefault();
	});
}
