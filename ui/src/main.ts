// SPDX-License-Identifier: Apache-2.0
import { mount } from 'svelte';
import './app.css';
import App from './App.svelte';
import { applyPrefs } from './app/prefs.svelte';
import { guardLeaving, startRouter } from './app/router.svelte';
import { start } from './app/session.svelte';
import { losesInput, startUnsaved } from './app/unsaved';
import { startUnread } from './kit/unread';
import { guessLanguage, t, useLanguage } from './i18n/t.svelte';

applyPrefs();
startRouter();
startUnsaved();
startUnread();
guardLeaving(() => !losesInput() || confirm(t('unsaved.leave')));
// Who is here is asked while the words are fetched.
void start();
await useLanguage(guessLanguage());
mount(App, { target: document.getElementById('app')! });
