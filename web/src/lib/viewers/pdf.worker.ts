// SPDX-License-Identifier: Apache-2.0
// The reader of pdf.js, as a worker of ours: under a name and an address that the content policy knows.
import 'pdfjs-dist/legacy/build/pdf.worker.min.mjs';
