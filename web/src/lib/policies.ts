// SPDX-License-Identifier: Apache-2.0
// Choices that several forms offer, in the reader's language.
import type { Policy } from './api/admin';
import type { Role } from './api/session';
import { t } from './i18n/index.svelte';

export interface Option<Value extends string> {
    value: Value;
    label: string;
    text: string;
}

/** Who may make an account. */
export const policyOptions = (): Option<Policy>[] =>
    (['closed', 'invitation', 'open'] as const).map((value) => ({ value, label: t(`policy_${value}`), text: t(`policy_${value}_text`) }));

export const roles: Role[] = ['read', 'contributor', 'write', 'admin'];
/** What a member of an organisation may do. */
export const roleOptions = (): Option<Role>[] => roles.map((value) => ({ value, label: t(`role_${value}`), text: t(`role_${value}_text`) }));
