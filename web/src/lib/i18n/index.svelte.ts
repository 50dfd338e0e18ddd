// SPDX-License-Identifier: Apache-2.0
// The words of the pages. A message is text with `{name}` places, or its plural forms by the category that Intl gives to
// the number `count`. Both languages have every key: the type of `t` takes English's keys, a test compares the files.
import type english from './en.json';

export type Language = 'en' | 'ar';
export type Key = keyof typeof english;
type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };
type Messages = Record<string, string | Forms>;

export const languages: Record<Language, { name: string; dir: 'ltr' | 'rtl' }> = {
    en: { name: 'English', dir: 'ltr' },
    ar: { name: 'العربية', dir: 'rtl' },
};

const files: Record<Language, () => Promise<{ default: unknown }>> = {
    en: () => import('./en.json'),
    ar: () => import('./ar.json'),
};

let messages = $state.raw<Messages>({});
let current = $state<Language>('en');
let plurals = new Intl.PluralRules('en');

/** The language of the page. */
export const language = (): Language => current;

/** Loads a language and turns the page to it. */
export async function speak(wanted: Language): Promise<void> {
    messages = (await files[wanted]()).default as Messages;
    plurals = new Intl.PluralRules(wanted);
    current = wanted;
    document.documentElement.lang = wanted;
    document.documentElement.dir = languages[wanted].dir;
}

/** The reader's choice is kept in a cookie, so that the server can write the page in it. */
export async function choose(wanted: Language): Promise<void> {
    document.cookie = `mirfa-language=${wanted}; Path=/; Max-Age=31536000; SameSite=Lax`;
    await speak(wanted);
}

export type Values = Record<string, string | number>;

function written(value: string | number): string {
    return typeof value === 'number' ? value.toLocaleString(current) : value;
}

/** The message in the page's language. Numbers are written as its readers write them. */
export function t(key: Key, values: Values = {}): string {
    const message = messages[key];
    const text =
        message === undefined ? key : typeof message === 'string' ? message : (message[plurals.select(Number(values.count))] ?? message.other);
    return text.replace(/\{(\w+)\}/g, (place, name: string) => (name in values ? written(values[name]!) : place));
}

/** The message if there is one of this key: for words that come from the hub (`error.name_taken`, `task.fill-mask`). */
export function find(key: string, values: Values = {}): string | undefined {
    return key in messages ? t(key as Key, values) : undefined;
}
