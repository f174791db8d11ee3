/** A text for a LIKE pattern with `ESCAPE '\\'`: its own wildcards stand for themselves. */
export const escapeLike = (text: string): string => text.replaceAll(/[\\%_]/g, String.raw`\$&`)
