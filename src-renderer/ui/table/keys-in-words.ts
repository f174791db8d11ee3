/** The keys of every list, for the page that lists keys; what they do is in `use-table-keys.ts`. */
export const TABLE_KEYS: readonly { readonly keys: readonly string[]; readonly does: string }[] = [
  { keys: ['J', '↓'], does: 'Go to the next row' },
  { keys: ['K', '↑'], does: 'Go to the row before' },
  { keys: ['Home', 'End'], does: 'Go to the first or last row' },
  { keys: ['Enter'], does: 'Open the row' },
  { keys: ['X', 'Space'], does: 'Choose the row; with Shift all up to it' },
  { keys: ['Ctrl+A'], does: 'Choose all rows, or none' },
  { keys: ['Escape'], does: 'Choose none' },
]
