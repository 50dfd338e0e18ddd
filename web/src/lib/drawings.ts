// SPDX-License-Identifier: Apache-2.0
// Drawings (SVG) of repositories. The hub sends them as plain octets, so that nobody opens them as a page: an image shows
// them only from an address of this page's own. Inside of an image they run nothing and ask for nothing.
import { contentRange, rangeHeader } from './formats/source';

const kMost = 4_000_000; // octets

export const isDrawing = (address: string): boolean => /\.svg(?:[?#]|$)/i.test(address);

/** An address for an image, which is to be revoked when that has loaded. Asked for as a range: reading is no download. */
export async function drawingFrom(address: string): Promise<string> {
    const response = await fetch(address, { headers: { Range: rangeHeader(0, kMost) } });
    const size = contentRange(response.headers.get('Content-Range'))?.size ?? Number(response.headers.get('Content-Length') ?? Infinity);
    if (!response.ok || size > kMost) throw new Error(`A drawing cannot be shown: ${response.status}, ${size} octets.`);
    return URL.createObjectURL(new Blob([await response.arrayBuffer()], { type: 'image/svg+xml' }));
}
