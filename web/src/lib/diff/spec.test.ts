// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { splitSpec } from './spec';

it.each([
    ['main...refs/pr/1', ['main', '...', 'refs/pr/1']],
    ['v1.0..v1.1', ['v1.0', '..', 'v1.1']],
    ['...dev', ['main', '...', 'dev']],
    ['dev..', ['dev', '..', 'main']],
    ['dev', ['main', '...', 'dev']],
    ['', ['main', '...', 'main']],
])('reads %j', (text, [before, dots, after]) => expect(splitSpec(text)).toEqual({ before, after, dots }));
