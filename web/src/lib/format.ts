// SPDX-License-Identifier: Apache-2.0
// Numbers, sizes and times as readers of the page's language write them.
import { language } from './i18n/index.svelte';

const kUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** `1.4 GB`: units stay in Latin letters; isolate the text where it stands inside Arabic. */
export function size(octets: number): string {
    let value = octets;
    let unit = 0;
    while (value >= 999.5 && unit + 1 < kUnits.length) {
        value /= 1000;
        unit += 1;
    }
    const digits = unit === 0 || value >= 99.95 ? 0 : 1;
    return `${value.toLocaleString(language(), { minimumFractionDigits: 0, maximumFractionDigits: digits })} ${kUnits[unit]}`;
}

/** `12,345` */
export const count = (value: number): string => value.toLocaleString(language());

/** Any number to four figures: `0.1235`, `2.4e-7`. */
export function number(value: number): string {
    const size = Math.abs(value);
    if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(2);
    return value.toLocaleString(language(), { maximumSignificantDigits: 4 });
}

/** `1.2M`: for likes, downloads, parameters. */
export const short = (value: number): string =>
    value.toLocaleString(language() === 'ar' ? 'ar' : 'en', { notation: 'compact', maximumFractionDigits: 1 });

/** `9 March 2025`. In Arabic the shorter form is digits only, of which the order can be misread. */
export const day = (time: string | number | Date): string =>
    new Date(time).toLocaleDateString(language(), { dateStyle: language() === 'ar' ? 'long' : 'medium' });

/** With hours and minutes, for those who point at a date. */
export const moment = (time: string | number | Date): string =>
    new Date(time).toLocaleString(language(), { dateStyle: 'full', timeStyle: 'short' });

const kSteps: [Intl.RelativeTimeFormatUnit, number][] = [
    ['year', 31_557_600],
    ['month', 2_629_800],
    ['week', 604_800],
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
];

/** `3 days ago` */
export function ago(time: string | number | Date, now = Date.now()): string {
    const seconds = (new Date(time).getTime() - now) / 1000;
    const format = new Intl.RelativeTimeFormat(language(), { numeric: 'auto' });
    for (const [unit, length] of kSteps) if (Math.abs(seconds) >= length) return format.format(Math.round(seconds / length), unit);
    return format.format(Math.min(0, Math.round(seconds)), 'second');
}

/** `0:42`, `1:03:20` */
export function duration(seconds: number): string {
    if (!Number.isFinite(seconds)) return '–';
    const whole = Math.max(0, Math.round(seconds));
    const two = (value: number) => String(value).padStart(2, '0');
    const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
    return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** A name of any script to be put into a message: its direction does not touch the words around it. */
export const apart = (name: string): string => `\u2068${name}\u2069`;

/** `42%`, of a share from 0 to 1. */
export const percent = (share: number): string => share.toLocaleString(language(), { style: 'percent', maximumFractionDigits: 0 });
