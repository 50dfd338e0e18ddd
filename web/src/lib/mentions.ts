// SPDX-License-Identifier: Apache-2.0
// `@name` and `#12` in what people write, and the name somebody is about to write.

const kName = /^@([A-Za-z0-9](?:[A-Za-z0-9]|[._-](?=[A-Za-z0-9])){0,95})(?![A-Za-z0-9@/])/;
const kNumber = /^#([1-9]\d{0,8})(?![\w-])/;

/** The name at the front of the text. */
export const mentionAt = (text: string): string | undefined => kName.exec(text)?.[1];
/** The number of a discussion at the front of the text. */
export const numberAt = (text: string): number | undefined => {
    const found = kNumber.exec(text)?.[1];
    return found === undefined ? undefined : Number(found);
};

/** Where the next `@` or `#` stands that nothing runs into, so that `a@b.org` and `issue#1` stay as they are. */
export function nextMark(text: string): number | undefined {
    const found = /(?:^|[^\p{L}\p{N}_/@#.-])([@#](?=[A-Za-z0-9]))/u.exec(text);
    return found ? found.index + found[0].length - 1 : undefined;
}

export interface Typed {
    /** Where the `@` stands. */
    from: number;
    /** What is typed behind it so far. */
    text: string;
}
/** The name that is being typed before the caret. */
export function typedMention(text: string, caret: number): Typed | undefined {
    const found = /(?:^|[^\p{L}\p{N}_/@.-])@([A-Za-z0-9._-]{0,96})$/u.exec(text.slice(0, caret));
    return found ? { from: caret - found[1]!.length - 1, text: found[1]! } : undefined;
}

/** The text with the name in place of what is typed, and where the caret goes. */
export function withMention(text: string, caret: number, typed: Typed, name: string): { text: string; caret: number } {
    const rest = text.slice(caret);
    const mention = `@${name}${/^\s/.test(rest) ? '' : ' '}`;
    return { text: text.slice(0, typed.from) + mention + rest, caret: typed.from + mention.length };
}
