// SPDX-License-Identifier: Apache-2.0
// What every form does: it is checked before it is sent, each fault stands beside its field in the reader's language, the
// first one gets the cursor, and whatever goes wrong what was typed stays.
import { tick } from 'svelte';
import { ApiError } from './api/http';
import { find, t } from './i18n/index.svelte';
import { messageOf } from './toasts.svelte';

/** Reasons by field, as the rules give them; "" for what is right. */
export type Checks = Record<string, string>;

/** A reason in the reader's language. */
export const wordOf = (reason: string): string => (reason ? (find(`error.${reason}`) ?? t('error.invalid_argument')) : '');

export class Form {
    /** What is wrong with each field. */
    faults = $state<Record<string, string>>({});
    /** What is wrong with none of them alone. */
    fault = $state('');
    busy = $state(false);

    /** `fields` names those that show their faults; a fault of another one stands above the form. */
    constructor(private readonly fields: string[] = []) {}

    /** Handler of `submit`: sends unless a check fails. Gives whether it went well. */
    async run(event: SubmitEvent, checks: Checks, send: () => Promise<void>): Promise<boolean> {
        event.preventDefault();
        if (this.busy) return false;
        const form = event.currentTarget as HTMLFormElement;
        this.fault = '';
        this.faults = Object.fromEntries(
            Object.entries(checks)
                .filter(([, reason]) => reason)
                .map(([field, reason]) => [field, wordOf(reason)]),
        );
        if (Object.keys(this.faults).length > 0) return this.#stop(form);
        this.busy = true;
        try {
            await send();
            return true;
        } catch (error) {
            this.#take(error);
            return this.#stop(form);
        } finally {
            this.busy = false;
        }
    }

    #take(error: unknown): void {
        // Beside the field it is that password alone; the words of the sign-in page speak of the name too.
        if (error instanceof ApiError && this.fields.includes(error.field))
            this.faults = { [error.field]: error.reason === 'wrong_password' ? wordOf('password_not_right') : messageOf(error) };
        else this.fault = messageOf(error);
    }

    #stop(form: HTMLFormElement): false {
        void tick().then(() => form.querySelector<HTMLElement>('[aria-invalid="true"], [role="alert"]')?.focus());
        return false;
    }
}
