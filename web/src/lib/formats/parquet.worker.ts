// SPDX-License-Identifier: Apache-2.0
// Parquet apart from the page: a file made to keep its reader busy can be stopped.
import { ApiError } from '../api/http';
import { readParquet } from './parquet';
import { FormatError, httpSource } from './source';

addEventListener('message', async ({ data }: MessageEvent<{ address: string; size: number }>) => {
    try {
        postMessage({ table: await readParquet(httpSource(data.address, data.size)) });
    } catch (error) {
        const { message = '', reason = '', status = 0, code = '' } = error as Partial<ApiError>;
        postMessage({ fault: { kind: error instanceof FormatError ? 'format' : error instanceof ApiError ? 'api' : 'other', message, reason, status, code } });
    }
});
