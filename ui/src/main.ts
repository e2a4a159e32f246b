// SPDX-License-Identifier: Apache-2.0
import { mount } from 'svelte';
import './app.css';
import App from './App.svelte';
import { applyPrefs } from './app/prefs.svelte';
import { startRouter } from './app/router.svelte';
import { start } from './app/session.svelte';
import { guessLanguage, useLanguage } from './i18n/t.svelte';

applyPrefs();
startRouter();
await useLanguage(guessLanguage());
mount(App, { target: document.getElementById('app')! });
void start();
