// SPDX-License-Identifier: Apache-2.0
// Short news at the edge of the page: what has been done, or why it was not.
import { ApiError } from './api/http';
import { find, t } from './i18n/index.svelte';

export interface Toast {
    id: number;
    tone: 'good' | 'bad';
    text: string;
}

let last = 0;
export const toasts = $state<Toast[]>([]);

export function close(id: number): void {
    const at = toasts.findIndex((toast) => toast.id === id);
    if (at >= 0) toasts.splice(at, 1);
}

function show(tone: Toast['tone'], text: string): void {
    const id = (last += 1);
    toasts.push({ id, tone, text });
    if (tone === 'good') setTimeout(() => close(id), 6000);
}

export const tell = (text: string): void => show('good', text);
export const complain = (error: unknown): void => show('bad', messageOf(error));

/** What a refusal is called in the reader's language; the hub's own sentence where there is no word for it. */
export function messageOf(error: unknown): string {
    if (!(error instanceof ApiError)) return String(error);
    return find(`error.${error.reason}`) ?? find(`error.${error.code}`) ?? (error.status === 0 ? t('error.no_connection') : error.message);
}
