// SPDX-License-Identifier: Apache-2.0
import type { Gate } from './gate';
import type { FromHasher, ToHasher } from './hash.worker';
import { unreadable } from './retry';

const kSlice = 8 << 20;
const kAhead = 2; // slices in the worker at once: one is read while the other is hashed

/** SHA-256 of a file of any size, in a worker. Waits at the gate between slices, and keeps what it has. */
export async function sha256Of(file: Blob, gate: Gate, progress: (octets: number) => void, signal: AbortSignal): Promise<string> {
    const worker = new Worker(new URL('./hash.worker.ts', import.meta.url), { type: 'module' });
    const say = (message: ToHasher) => worker.postMessage(message);
    const stop = () => worker.terminate();
    signal.addEventListener('abort', stop, { once: true });
    try {
        return await new Promise<string>((resolve, reject) => {
            let [given, hashed] = [0, 0];
            const giveNext = async (): Promise<void> => {
                await gate.pass();
                if (given >= file.size) return;
                const slice = file.slice(given, given + kSlice);
                given += slice.size;
                say({ slice });
            };
            const fail = (error: unknown) => reject(unreadable(error));
            worker.onmessage = ({ data }: MessageEvent<FromHasher>) => {
                if ('error' in data) return fail(data.error);
                if ('digest' in data) return resolve(data.digest);
                progress((hashed += data.octets));
                if (hashed < file.size) void giveNext();
                else say({ end: true });
            };
            worker.onerror = (event) => fail(event.message);
            signal.addEventListener('abort', () => reject(signal.reason), { once: true });
            say({ begin: true });
            if (file.size === 0) say({ end: true });
            else for (let ahead = 0; ahead < kAhead; ahead += 1) void giveNext();
        });
    } finally {
        signal.removeEventListener('abort', stop);
        worker.terminate();
    }
}
