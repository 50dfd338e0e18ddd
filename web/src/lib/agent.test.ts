// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { readAgent } from './agent';

it.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox · Linux', false],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0', 'Edge · Windows', false],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 (KHTML, like Gecko) Version/18.0 Mobile/15E Safari/604', 'Safari · iOS', true],
    ['Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36', 'Chrome · Android', true],
    ['curl/8.9', 'curl/8.9', false],
    ['', '', false],
])('%j is %s', (agent, name, phone) => expect(readAgent(agent)).toEqual({ name, phone }));
