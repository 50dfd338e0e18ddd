// SPDX-License-Identifier: Apache-2.0
// Which page is shown. A page's module gives a component and may give `load`: the page before stays until the next one's
// code and data are there, so that nothing flickers; refusals become the error page.
import type { Component } from 'svelte';
import { ApiError, takeFirstError } from './api/http';
import { at, decode, local } from './base';
import { placeOf, type Place } from './places';

export interface Visit {
    place: Place;
    query: URLSearchParams;
    signal: AbortSignal;
}

/** What a page's module exports beside the component. */
export interface PageModule {
    default: Component<{ data: never; place: Place }>;
    load?: (visit: Visit) => Promise<unknown>;
    /** Title of the window; the data is what `load` gave. */
    title?: (data: never, place: Place) => string;
    /** The page follows its data and stays when only its query changes, with the reader's focus and what is open in it. */
    stays?: boolean;
}

export interface Shown {
    component: PageModule['default'];
    data: unknown;
    place: Place;
    /** Another one for each visit: a page is made afresh when its address changes, unless it `stays`. */
    key: string;
}

export type Pages = Record<string, () => Promise<PageModule>>;

class Router {
    shown = $state.raw<Shown | undefined>();
    error = $state.raw<ApiError | undefined>();
    /** A page has been asked for and is not there yet. */
    busy = $state(false);
    /** Path and query of the page that is shown, as the hub knows them. */
    here = $state('/');
    query = $state.raw(new URLSearchParams());

    #pages: Pages = {};
    /** A page's code did not come. Browsers remember that of a module: only a new document asks for it again. */
    #codeMissing = false;
    #visit: AbortController | undefined;
    #holders = new Set<() => boolean>();

    /** While somebody works on a page: `mayLeave` is asked before it goes away. Gives what ends the hold. */
    hold(mayLeave: () => boolean): () => void {
        this.#holders.add(mayLeave);
        return () => void this.#holders.delete(mayLeave);
    }
    #mayLeave = (): boolean => [...this.#holders].every((mayLeave) => mayLeave());

    start(pages: Pages): Promise<void> {
        this.#pages = pages;
        addEventListener('popstate', () => {
            // A step to another heading or line of the shown page is no visit; the browser scrolls by itself.
            if (!this.error && local(location.pathname) + location.search === this.here) return;
            if (!this.#mayLeave()) history.pushState(null, '', at(this.here));
            else void this.#show();
        });
        document.addEventListener('click', (event) => this.#click(event));
        return this.#show();
    }

    /** Goes to a path of the hub. */
    async go(path: string, { replace = false, keepScroll = false } = {}): Promise<void> {
        if (!this.#mayLeave()) return;
        history[replace ? 'replaceState' : 'pushState'](null, '', at(path));
        await this.#show();
        if (!keepScroll) scrollTo(0, 0);
    }

    /** Writes the address of what is already shown, without loading it again. */
    note(path: string): void {
        history.replaceState(null, '', at(path));
        this.here = path.replace(/#.*/, '');
        this.query = new URLSearchParams(location.search);
    }

    /** Loads the shown page again, after something has changed. */
    again = async (): Promise<void> => {
        if (!this.#codeMissing) return this.#show();
        this.busy = true;
        const answer = await fetch(location.href, { cache: 'no-store' }).catch(() => undefined);
        this.busy = false;
        // While nobody answers this page tells more than what the browser would show in its place.
        if (answer && answer.status < 500) location.reload();
    };

    async #show(): Promise<void> {
        this.#visit?.abort();
        const visit = (this.#visit = new AbortController());
        const path = local(location.pathname);
        const place = placeOf(path);
        const query = new URLSearchParams(location.search);
        this.busy = true;
        try {
            const told = takeFirstError();
            if (told) throw told;
            const load = place && this.#pages[place.page];
            if (!place || !load) throw new ApiError(404, '', 'no_such_page');
            this.#codeMissing = false;
            const page = await load().catch((error: unknown) => {
                this.#codeMissing = !visit.signal.aborted;
                throw new ApiError(0, String(error), 'no_connection');
            });
            const data = await page.load?.({ place, query, signal: visit.signal });
            if (visit.signal.aborted) return;
            document.title = page.title ? `${page.title(data as never, place)} · Mirfa` : 'Mirfa';
            this.error = undefined;
            this.shown = { component: page.default, data, place, key: page.stays ? path : path + location.search };
        } catch (error) {
            if (visit.signal.aborted) return;
            this.error = error instanceof ApiError ? error : new ApiError(0, String(error), 'failed');
            if (!(error instanceof ApiError)) console.error(error);
        }
        this.here = path + location.search;
        this.query = query;
        this.busy = false;
        if (location.hash) document.getElementById(decode(location.hash.slice(1)))?.scrollIntoView();
    }

    #click(event: MouseEvent): void {
        if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        const link = (event.target as Element | null)?.closest?.('a');
        if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
        if (link.hash && link.pathname === location.pathname && link.search === location.search) return;
        const place = placeOf(local(link.pathname));
        if (!place || !this.#pages[place.page]) return;
        event.preventDefault();
        void this.go(local(link.pathname) + link.search + link.hash, { keepScroll: link.dataset.scroll === 'keep' });
    }
}

export const router = new Router();
