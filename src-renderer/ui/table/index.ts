/** Lists of things: sorted, chosen, opened by mouse and keyboard, with rows that are drawn only while they are seen. */
export { DataTable, type DataTableProps } from './DataTable.tsx'
export { TABLE_KEYS } from './keys-in-words.ts'
export type { Column, MorePages } from './types.ts'
