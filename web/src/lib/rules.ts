// SPDX-License-Identifier: Apache-2.0
// What the hub asks of names, addresses and passwords, told before a form is sent. Each rule gives the reason that the hub
// would give (`error.name_invalid` words it), or "". The hub decides in the end: src/hub/accounts, src/hub/access/names.cpp.

const octets = (text: string): number => new TextEncoder().encode(text).length;
const isPlain = (text: string): boolean => !/[\u0000-\u001f\u007f]/.test(text);

/** Of a repository, a user or an organisation. */
export function faultOfName(name: string): string {
    if (name === '') return 'field_missing';
    const shaped = name.length <= 96 && /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?$/.test(name);
    return shaped && !/--|\.\./.test(name) && !/\.(?:git|ipynb)$/i.test(name) ? '' : 'name_invalid';
}

export function faultOfEmail(email: string): string {
    if (email === '') return 'field_missing';
    const shaped = /^[^@]+@[^@]+$/.test(email) && !/[ <>"(),:;[\]\\]/.test(email);
    return shaped && isPlain(email) && octets(email) <= 254 ? '' : 'email_invalid';
}

export function faultOfPassword(password: string): string {
    if (password === '') return 'field_missing';
    if (octets(password) < 8) return 'password_too_short';
    if (octets(password) > 1024) return 'password_too_long';
    return password.includes('\0') ? 'password_invalid' : '';
}

export const faultOfFullname = (fullname: string): string => (octets(fullname) <= 200 && isPlain(fullname) ? '' : 'fullname_invalid');

export const faultOfBio = (bio: string): string => (octets(bio) <= 1000 && isPlain(bio.replace(/\n/g, '')) ? '' : 'bio_invalid');

export function faultOfHomepage(homepage: string): string {
    if (homepage === '') return '';
    const shaped = /^https?:\/\/[^/@]+(?:\/.*)?$/i.test(homepage) && !/[ <>"'`\\{}|^]/.test(homepage);
    return shaped && isPlain(homepage) && octets(homepage) <= 300 ? '' : 'homepage_invalid';
}

export const kLargestPicture = 1 << 20;
export const kPictureTypes = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'];
export function faultOfPicture(picture: { type: string; size: number }): string {
    if (!kPictureTypes.includes(picture.type)) return 'picture_invalid';
    return picture.size <= kLargestPicture ? '' : 'picture_too_large';
}

/** `BCDF-GHJK` however it was typed. */
export function deviceCodeOf(typed: string): string {
    const letters = typed.toUpperCase().replace(/[^A-Z0-9]/g, '');
    return letters.length > 4 ? `${letters.slice(0, 4)}-${letters.slice(4)}` : letters;
}

/** A path of the hub to go on to, never an address of somebody else's. */
export const safeNext = (wanted: string | null): string => (wanted && /^\/(?![/\\])/.test(wanted) ? wanted : '/');

/** Only addresses that a browser opens as pages. */
export const isWebAddress = (address: string): boolean => /^https?:\/\//i.test(address);
