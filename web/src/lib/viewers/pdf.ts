// SPDX-License-Identifier: Apache-2.0
// Pages of a PDF on canvases. The file is read by ranges; no script of it runs, and no link of it is followed.
import { getDocument, GlobalWorkerOptions, PDFDataRangeTransport, TextLayer, type PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { Source } from '../formats/source';

const kRange = 1 << 18; // octets asked for at once
const kMostPixels = 12_000_000; // of a canvas

class Transport extends PDFDataRangeTransport {
    constructor(
        private source: Source,
        private failed: (error: unknown) => void,
    ) {
        super(source.size, null);
    }
    override requestDataRange(begin: number, end: number): void {
        this.source.read(begin, end).then((bytes) => this.onDataRange(begin, bytes.slice()), this.failed);
    }
}

export interface Pdf {
    pages: number;
    /** Width through height of the first page. */
    ratio: number;
    /** Draws a page as wide as its frame. */
    draw(page: number, frame: HTMLElement): Promise<void>;
    close(): void;
}

export async function openPdf(source: Source): Promise<Pdf> {
    const worker = new Worker(new URL('./pdf.worker.ts', import.meta.url), { type: 'module' });
    GlobalWorkerOptions.workerPort = worker;
    let task: ReturnType<typeof getDocument> | undefined;
    const close = () => {
        void task?.destroy();
        worker.terminate();
    };
    try {
        const document = await new Promise<PDFDocumentProxy>((resolve, reject) => {
            task = getDocument({
                range: new Transport(source, reject), rangeChunkSize: kRange, disableAutoFetch: true, disableStream: true,
                useWasm: false, useWorkerFetch: false, enableXfa: false, stopAtErrors: false,
            });
            task.onPassword = () => reject(new Error('The document asks for a password.'));
            task.promise.then(resolve, reject);
        });
        const { width, height } = (await document.getPage(1)).getViewport({ scale: 1 });
        return { pages: document.numPages, ratio: width / height, draw: (page, frame) => drawPage(document, page, frame), close };
    } catch (error) {
        close();
        throw error;
    }
}

async function drawPage(document: PDFDocumentProxy, number: number, frame: HTMLElement): Promise<void> {
    const page = await document.getPage(number);
    const plain = page.getViewport({ scale: 1 });
    const viewport = page.getViewport({ scale: frame.clientWidth / plain.width });
    const fitting = Math.sqrt(kMostPixels / (viewport.width * viewport.height));
    const density = Math.min(devicePixelRatio || 1, 2, fitting);
    const canvas = globalThis.document.createElement('canvas');
    canvas.width = Math.floor(viewport.width * density);
    canvas.height = Math.floor(viewport.height * density);
    canvas.setAttribute('aria-hidden', 'true');
    await page.render({ canvas, viewport, transform: [density, 0, 0, density, 0, 0], annotationMode: 0 }).promise;
    const text = globalThis.document.createElement('div');
    text.className = 'textLayer';
    frame.style.setProperty('--total-scale-factor', String(viewport.scale));
    frame.style.aspectRatio = `${viewport.width} / ${viewport.height}`;
    frame.replaceChildren(canvas, text);
    await new TextLayer({ textContentSource: page.streamTextContent(), container: text, viewport }).render();
}
