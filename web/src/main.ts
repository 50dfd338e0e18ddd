// SPDX-License-Identifier: Apache-2.0
import { mount } from 'svelte';
import App from './App.svelte';
import './app.css';
import { takeFirstData } from './lib/api/http';
import { speak, type Language } from './lib/i18n/index.svelte';
import { watchSession } from './lib/lost-session.svelte';
import { router } from './lib/router.svelte';
import { session } from './lib/session.svelte';
import { pages } from './routes';

async function start(): Promise<void> {
    takeFirstData();
    watchSession();
    const wanted: Language = document.documentElement.lang === 'ar' ? 'ar' : 'en';
    // The hub may be down: the page then says so itself, instead of staying white.
    await Promise.all([speak(wanted), session.load().catch(() => {})]);
    await router.start(pages);
    mount(App, { target: document.getElementById('app')! });
}

void start();
