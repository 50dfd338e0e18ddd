// SPDX-License-Identifier: Apache-2.0
// The tables of cards as choices, in the reader's language.
import type { Choice } from '../components/ComboBox.svelte';
import { find, language, t } from '../i18n/index.svelte';
import { languageCodes, libraries, licences, metrics, tasks, type Licence } from './tables';

export const traitsOf = (licence: Licence): string => licence.traits.map((trait) => t(`licence_trait_${trait}`)).join(' · ');

/** What a licence allows and asks for; "" for one that nobody knows. */
export function meaningOf(id: string): string {
    const licence = licences.find((one) => one.id === id);
    return licence ? traitsOf(licence) : '';
}

export const licenceChoices = (): Choice[] => licences.map((licence) => ({ value: licence.id, label: licence.name, hint: traitsOf(licence) }));

export const taskChoices = (): Choice[] =>
    tasks.filter(({ offered }) => offered).map(({ id, name, modality }) => ({ value: id, label: find(`task.${id}`) ?? name, hint: t(`modality_${modality}`) }));

export const libraryChoices = (): Choice[] => libraries.map(({ id, name }) => ({ value: id, label: name }));
export const metricChoices = (): Choice[] => metrics.map((value) => ({ value }));

export function languageChoices(): Choice[] {
    const names = new Intl.DisplayNames([language()], { type: 'language', fallback: 'code' });
    return languageCodes.map((value) => ({ value, label: find(`language_${value}`) ?? names.of(value) ?? value }));
}
