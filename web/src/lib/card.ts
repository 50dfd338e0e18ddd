// SPDX-License-Identifier: Apache-2.0
// What the front matter of a card says, in forms that a page can show. People write it, so that any value may be of any
// shape: what does not fit is left out.
import type { RepoInfo } from './api/repos';
import { listOf } from './frontmatter';

type Loose = Record<string, unknown>;
const isObject = (value: unknown): value is Loose => typeof value === 'object' && value !== null && !Array.isArray(value);
const objectsIn = (value: unknown): Loose[] => (Array.isArray(value) ? value.filter(isObject) : isObject(value) ? [value] : []);
const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value.trim() ? value.trim() : typeof value === 'number' ? String(value) : undefined);

export interface Result {
    model?: string;
    task?: string;
    dataset: string;
    /** `owner/name` of the dataset, when it may be one of this hub. */
    datasetId?: string;
    /** Configuration and split. */
    part?: string;
    metric: string;
    /** As it was written. */
    value: string;
    number?: number;
    verified: boolean;
    source?: { name: string; url: string };
}

const kMostResults = 500;
const webAddress = (value: unknown): string | undefined => (typeof value === 'string' && /^https?:\/\//i.test(value) ? value : undefined);
const idIn = (value: unknown): string | undefined => (typeof value === 'string' && /^[\w.-]+\/[\w.-]+$/.test(value) ? value : undefined);

function measured(value: unknown): Pick<Result, 'value' | 'number'> | undefined {
    if (typeof value === 'number') return { value: String(Number.isInteger(value) ? value : Number(value.toPrecision(6))), number: Number.isFinite(value) ? value : undefined };
    if (typeof value === 'string' && value.trim()) {
        const found = /^\s*(-?\d+(?:\.\d+)?)\s*%?\s*$/.exec(value);
        return { value: value.trim().slice(0, 60), number: found ? Number(found[1]) : undefined };
    }
    return isObject(value) || Array.isArray(value) ? { value: JSON.stringify(value).slice(0, 200) } : undefined;
}

const sourceIn = (value: unknown): Result['source'] => {
    const url = isObject(value) ? webAddress(value.url) : undefined;
    return url ? { url, name: textOf((value as Loose).name) ?? new URL(url).hostname } : undefined;
};

/** Results of `model-index` and of `.eval_results/*.yaml`. */
export function resultsOf(info: RepoInfo): Result[] {
    const results: Result[] = [];
    for (const model of objectsIn(info['model-index'] ?? info.cardData?.['model-index']))
        for (const result of objectsIn(model.results)) {
            const [task, dataset] = [isObject(result.task) ? result.task : {}, isObject(result.dataset) ? result.dataset : {}];
            for (const metric of objectsIn(result.metrics)) {
                const found = measured(metric.value);
                if (!found) continue;
                results.push({
                    model: textOf(model.name),
                    task: textOf(task.name) ?? textOf(task.type),
                    dataset: textOf(dataset.name) ?? textOf(dataset.type) ?? '',
                    datasetId: idIn(dataset.type),
                    part: [textOf(dataset.config), textOf(dataset.split)].filter(Boolean).join(' · ') || undefined,
                    metric: textOf(metric.name) ?? textOf(metric.type) ?? '',
                    ...found,
                    verified: metric.verified === true,
                    source: sourceIn(result.source),
                });
            }
        }
    for (const { data } of objectsIn(info.evalResults)) {
        if (!isObject(data)) continue;
        const dataset = isObject(data.dataset) ? data.dataset : {};
        const found = measured(data.value);
        if (found) results.push({ dataset: textOf(dataset.id) ?? '', datasetId: idIn(dataset.id), metric: textOf(dataset.task_id) ?? '', ...found, verified: false, source: sourceIn(data.source) });
    }
    return results.slice(0, kMostResults);
}

export interface Chart {
    metric: string;
    /** What a whole bar stands for. */
    most: number;
    bars: { label: string; value: string; number: number }[];
}

/** Metrics of which there are several numbers, so that they can be compared. */
export function chartsOf(results: Result[]): Chart[] {
    const byMetric = new Map<string, Result[]>();
    for (const result of results) if (result.number !== undefined && result.number >= 0) byMetric.set(result.metric.toLowerCase(), [...(byMetric.get(result.metric.toLowerCase()) ?? []), result]);
    const charts: Chart[] = [];
    for (const group of byMetric.values()) {
        if (group.length < 2) continue;
        const models = new Set(group.map(({ model }) => model));
        // Parts of one and parts of a hundred do not stand on one scale.
        const high = group.reduce((most, { number }) => Math.max(most, number!), 0);
        const isShare = (number: number) => number <= 1;
        if (high > 1 && high <= 100 && group.some(({ number }) => isShare(number!)) && !group.every(({ number }) => isShare(number!))) {
            for (const one of [group.filter(({ number }) => isShare(number!)), group.filter(({ number }) => !isShare(number!))]) if (one.length > 1) charts.push(chartOf(one, models.size > 1));
        } else charts.push(chartOf(group, models.size > 1));
    }
    return charts;
}
function chartOf(group: Result[], named: boolean): Chart {
    const high = group.reduce((most, { number }) => Math.max(most, number!), 0);
    const label = ({ dataset, part, model }: Result) => [dataset, part, named ? model : undefined].filter(Boolean).join(' · ');
    return { metric: group[0]!.metric, most: high <= 1 ? 1 : high <= 100 ? 100 : high, bars: group.slice(0, 30).map((result) => ({ label: label(result), value: result.value, number: result.number! })) };
}

export type Relation = 'finetune' | 'adapter' | 'merge' | 'quantized';
const kRelations: readonly string[] = ['finetune', 'adapter', 'merge', 'quantized'];

/** The models this one was made from, and how. */
export function baseModelsOf(info: RepoInfo): { relation?: Relation; ids: string[] } {
    const ids = [...new Set(listOf(info.cardData?.base_model))].slice(0, 50);
    const written = info.cardData?.base_model_relation;
    const tagged = info.tags.map((tag) => /^base_model:(\w+):/.exec(tag)?.[1]).find((word) => word !== undefined && kRelations.includes(word));
    const relation = typeof written === 'string' && kRelations.includes(written) ? written : tagged;
    return { relation: relation as Relation | undefined, ids };
}

export interface Widget {
    title?: string;
    group?: string;
    /** What is given to the model: a text, fields with names, or a conversation. */
    input: { name?: string; text: string }[];
    output?: string;
    /** Address of a sound or a picture. */
    media?: string;
}

/** The card's examples for a widget, which this hub shows and does not run. */
export function widgetsOf(info: RepoInfo): Widget[] {
    const written = info.widgetData ?? info.cardData?.widget;
    return (Array.isArray(written) ? written : [])
        .map((one): Widget | undefined => {
            if (typeof one === 'string') return { input: [{ text: one }] };
            if (!isObject(one)) return undefined;
            const output = isObject(one.output) ? (textOf(one.output.text) ?? textOf(one.output.url)) : undefined;
            const input = objectsIn(one.messages).map(({ role, content }) => ({ name: textOf(role), text: textOf(content) ?? JSON.stringify(content ?? '') }));
            if (textOf(one.text)) input.push({ name: undefined, text: textOf(one.text)! });
            for (const [name, value] of Object.entries(one))
                if (!['messages', 'text', 'example_title', 'group', 'output', 'src', 'parameters'].includes(name) && value !== null)
                    input.push({ name, text: textOf(value) ?? JSON.stringify(value).slice(0, 2000) });
            const media = textOf(one.src);
            return input.length || media ? { title: textOf(one.example_title), group: textOf(one.group), input, output, media } : undefined;
        })
        .filter((one) => one !== undefined)
        .slice(0, 50);
}

export interface Emissions {
    grams?: number;
    source?: string;
    training?: string;
    place?: string;
    hardware?: string;
}
export function emissionsOf(info: RepoInfo): Emissions | undefined {
    const written = info.cardData?.co2_eq_emissions;
    if (typeof written === 'number') return { grams: written };
    if (!isObject(written)) return undefined;
    const grams = Number(written.emissions);
    return {
        grams: written.emissions !== undefined && Number.isFinite(grams) ? grams : undefined,
        source: textOf(written.source),
        training: textOf(written.training_type),
        place: textOf(written.geographical_location),
        hardware: textOf(written.hardware_used),
    };
}

export interface Licence {
    id: string;
    /** Its own name, when the licence is none of the usual. */
    name?: string;
    link?: string;
}
export function licencesOf(info: RepoInfo): Licence[] {
    const name = textOf(info.cardData?.license_name);
    const link = textOf(info.cardData?.license_link);
    return listOf(info.cardData?.license).map((id) => (id === 'other' || link ? { id, name: id === 'other' ? name : undefined, link } : { id }));
}
