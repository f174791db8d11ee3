export { CONSOLE_PATH, mountConsole } from './console.ts'
