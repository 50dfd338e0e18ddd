// SPDX-License-Identifier: Apache-2.0

/** Puts text on the clipboard; over plain HTTP too, where browsers hide the newer interface. */
export async function copyText(text: string): Promise<void> {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const area = document.createElement('textarea');
    area.value = text;
    area.style.position = 'fixed';
    area.style.opacity = '0';
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
}
