// SPDX-License-Identifier: Apache-2.0
// SHA-256 beside the page: slices come one after another, each is read here and forgotten.
import { createSHA256, type IHasher } from 'hash-wasm';

export type ToHasher = { begin: true } | { slice: Blob } | { end: true };
export type FromHasher = { octets: number } | { digest: string } | { error: string };

const tell = (message: FromHasher): void => postMessage(message);
let hasher: IHasher | undefined;
let turn: Promise<void> = Promise.resolve();

async function take(message: ToHasher): Promise<void> {
    if ('begin' in message) {
        hasher = (await createSHA256()).init();
    } else if ('slice' in message) {
        hasher!.update(new Uint8Array(await message.slice.arrayBuffer()));
        tell({ octets: message.slice.size });
    } else {
        tell({ digest: hasher!.digest('hex') });
    }
}

addEventListener('message', ({ data }: MessageEvent<ToHasher>) => {
    turn = turn.then(() => take(data)).catch((error: unknown) => tell({ error: String(error) }));
});
