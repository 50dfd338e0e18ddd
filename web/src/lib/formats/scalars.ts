// SPDX-License-Identifier: Apache-2.0
// Scalars of TensorBoard's event files: records of length, check sum, protocol buffer, check sum. Only the fields that
// hold scalars are read; everything else is stepped over.

export interface Series {
    tag: string;
    steps: number[];
    values: number[];
    /** Seconds since 1970. */
    times: number[];
}
export interface Events {
    series: Series[];
    records: number;
    /** The file goes on, or a record at its end is not whole: a training that still writes it. */
    cut: boolean;
}

const kMostTags = 2000;
const kMostPoints = 2_000_000;

/** A stretch of a protocol buffer. Reading past its end throws RangeError. */
class Proto {
    #view: DataView;
    constructor(
        private bytes: Uint8Array,
        private at = 0,
        private end = bytes.length,
    ) {
        this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    get more(): boolean {
        return this.at < this.end;
    }
    #take(octets: number): number {
        if (octets < 0 || octets > this.end - this.at) throw new RangeError('cut');
        this.at += octets;
        return this.at - octets;
    }
    varint(): number {
        let [value, factor] = [0, 1];
        for (let index = 0; index < 10; index += 1) {
            const octet = this.bytes[this.#take(1)]!;
            value += (octet & 0x7f) * factor;
            factor *= 128;
            if (octet < 0x80) return value > 9.2e18 ? value - 2 ** 64 : value;
        }
        throw new RangeError('varint');
    }
    float = (): number => this.#view.getFloat32(this.#take(4), true);
    double = (): number => this.#view.getFloat64(this.#take(8), true);
    inner(): Proto {
        const length = this.varint();
        const at = this.#take(length);
        return new Proto(this.bytes, at, at + length);
    }
    text(): string {
        const { at, end } = this.inner();
        return new TextDecoder().decode(this.bytes.subarray(at, end));
    }
    skip(wire: number): void {
        if (wire === 0) this.varint();
        else if (wire === 1) this.#take(8);
        else if (wire === 2) this.inner();
        else if (wire === 5) this.#take(4);
        else throw new RangeError('wire type');
    }
}

/** The one number of a TensorProto; undefined for everything else. */
function numberOf(tensor: Proto): number | undefined {
    let [type, value] = [0, undefined as number | undefined];
    while (tensor.more) {
        const key = tensor.varint();
        const [field, wire] = [key >>> 3, key & 7];
        if (field === 1 && wire === 0) type = tensor.varint();
        else if ((field === 4 || field === 5 || field === 6) && wire === 2) {
            const content = tensor.inner();
            const double = field === 6 || (field === 4 && type === 2);
            if (content.more) value = double ? content.double() : content.float();
            if (content.more) return undefined;
        } else if (field === 5 && wire === 5) value = tensor.float();
        else if (field === 6 && wire === 1) value = tensor.double();
        else tensor.skip(wire);
    }
    return type === 1 || type === 2 ? value : undefined;
}

function readValue(value: Proto): { tag: string; number?: number } {
    let [tag, number] = ['', undefined as number | undefined];
    while (value.more) {
        const key = value.varint();
        const [field, wire] = [key >>> 3, key & 7];
        if (field === 1 && wire === 2) tag = value.text();
        else if (field === 2 && wire === 5) number = value.float();
        else if (field === 8 && wire === 2) number = numberOf(value.inner());
        else value.skip(wire);
    }
    return { tag, number };
}

function readEvent(event: Proto, add: (tag: string, step: number, value: number, time: number) => void): void {
    let [time, step] = [0, 0];
    const found: { tag: string; number?: number }[] = [];
    while (event.more) {
        const key = event.varint();
        const [field, wire] = [key >>> 3, key & 7];
        if (field === 1 && wire === 1) time = event.double();
        else if (field === 2 && wire === 0) step = event.varint();
        else if (field === 5 && wire === 2) {
            const summary = event.inner();
            while (summary.more) {
                const inner = summary.varint();
                if (inner >>> 3 === 1 && (inner & 7) === 2) found.push(readValue(summary.inner()));
                else summary.skip(inner & 7);
            }
        } else event.skip(wire);
    }
    for (const { tag, number } of found) if (number !== undefined) add(tag, step, number, time);
}

/** Scalars of the records in these bytes, which begin with the file. */
export function parseEvents(bytes: Uint8Array, complete: boolean): Events {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const series = new Map<string, Series>();
    let [at, records, points] = [0, 0, 0];
    const add = (tag: string, step: number, value: number, time: number) => {
        let one = series.get(tag);
        if (!one) {
            if (series.size >= kMostTags) return;
            series.set(tag, (one = { tag, steps: [], values: [], times: [] }));
        }
        if ((points += 1) > kMostPoints) return;
        one.steps.push(step);
        one.values.push(value);
        one.times.push(time);
    };
    while (at + 12 <= bytes.length) {
        const length = view.getBigUint64(at, true);
        if (length > BigInt(bytes.length - at - 16)) break;
        try {
            readEvent(new Proto(bytes, at + 12, at + 12 + Number(length)), add);
        } catch (error) {
            if (!(error instanceof RangeError)) throw error;
            break; // what follows cannot be trusted either
        }
        records += 1;
        at += 16 + Number(length);
    }
    return { series: [...series.values()].sort((a, b) => (a.tag < b.tag ? -1 : 1)), records, cut: !complete || at < bytes.length };
}

/** At most so many points, the least and the greatest of each stretch, so that peaks stay. */
export function thinned({ steps, values }: Series, most: number): { steps: number[]; values: number[] } {
    if (steps.length <= most) return { steps, values };
    const kept = new Set([0, steps.length - 1]);
    const stretches = Math.max(1, Math.floor(most / 2));
    for (let stretch = 0; stretch < stretches; stretch += 1) {
        const [from, to] = [Math.floor((stretch * steps.length) / stretches), Math.floor(((stretch + 1) * steps.length) / stretches)];
        let [low, high] = [from, from];
        for (let at = from; at < to; at += 1) {
            if (values[at]! < values[low]!) low = at;
            if (values[at]! > values[high]!) high = at;
        }
        kept.add(low).add(high);
    }
    const order = [...kept].sort((a, b) => a - b);
    return { steps: order.map((at) => steps[at]!), values: order.map((at) => values[at]!) };
}

/** Exponential moving average, as TensorBoard smooths; values that are no numbers are left out of it. */
export function smoothed(values: number[], weight: number): number[] {
    let [last, debias] = [0, 0];
    return values.map((value) => {
        if (!Number.isFinite(value)) return value;
        last = last * weight + (1 - weight) * value;
        debias = debias * weight + (1 - weight);
        return last / debias;
    });
}

/** Round numbers between two values, for the lines of a plot. */
export function ticksOf(low: number, high: number, about: number): number[] {
    if (!(high > low) || !Number.isFinite(high - low)) return Number.isFinite(low) ? [low] : [];
    const rough = (high - low) / Math.max(1, about);
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
    const ticks: number[] = [];
    for (let at = Math.ceil(low / step); at * step <= high + step * 1e-9 && ticks.length < 50; at += 1) ticks.push(Number((at * step).toPrecision(12)));
    return ticks;
}
