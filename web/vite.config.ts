// SPDX-License-Identifier: Apache-2.0
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

// `npm run dev` shows the application with its changes at once, over a hub that runs elsewhere.
const hub = process.env.MIRFA_HUB ?? 'http://127.0.0.1:8080';
const api = '^/(api|oauth|cas|lfs|avatars)/|^/.+/(resolve|raw)/|^/.+[.]git/';

export default defineConfig({
    base: './', // the program may be published below any path
    plugins: [svelte()],
    server: { proxy: { [api]: { target: hub, changeOrigin: true, headers: { origin: hub } } } },
    build: {
        outDir: '../build/web/dist',
        emptyOutDir: true,
        target: 'es2022',
        manifest: 'manifest.json',
        modulePreload: { polyfill: false }, // the polyfill would be an inline script
        assetsInlineLimit: 0, // data: addresses are not in the content policy
        rollupOptions: {
            input: 'src/main.ts',
            output: {
                entryFileNames: 'assets/[name]-[hash].js',
                chunkFileNames: 'assets/[name]-[hash].js',
                assetFileNames: 'assets/[name]-[hash][extname]',
            },
        },
    },
    worker: { format: 'es', rollupOptions: { output: { entryFileNames: 'assets/[name]-[hash].worker.js' } } },
    test: { environment: 'node', include: ['src/**/*.test.ts'], testTimeout: 60_000 },
} as import('vite').UserConfig);
