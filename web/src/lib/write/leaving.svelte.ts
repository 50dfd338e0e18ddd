// SPDX-License-Identifier: Apache-2.0
import { t } from '../i18n/index.svelte';
import { router } from '../router.svelte';

/** While `isBusy`, asks before the page is left: by a link, by "back", or by closing it. To be called while a component is made. */
export function guardLeaving(isBusy: () => boolean, question: () => string = () => t('write_leave')): void {
    $effect(() => {
        const before = (event: BeforeUnloadEvent) => {
            if (isBusy()) event.preventDefault();
        };
        addEventListener('beforeunload', before);
        const release = router.hold(() => !isBusy() || confirm(question()));
        return () => {
            removeEventListener('beforeunload', before);
            release();
        };
    });
}
