export { guardContents, guardSession } from './guards.ts'
export { isOurPage } from './senders.ts'
export { createWindows, type Windows } from './windows.ts'
