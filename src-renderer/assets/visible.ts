/** Control characters, and characters that turn the direction of text or take no room. */
const UNSEEN = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/gu

/** A name of a file as it is, with signs for what would hide in it: `evil‹202E›gnp.exe` is no picture. */
export const visible = (name: string): string =>
  name.replace(UNSEEN, (char) => `‹${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}›`)
