import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Traces that code leaves for the test: how often it ran, and gates that the test opens. */
const file = (name: string): string => join(process.env['MARKS'] ?? '.', name)

/** Adds a text to the trace; answers how many characters it has then. */
export function mark(name: string, text = 'x'): number {
  appendFileSync(file(name), text)
  return readFileSync(file(name), 'utf8').length
}

/** Waits until the test has opened the gate. */
export async function gate(name: string): Promise<void> {
  while (!existsSync(file(`${name}.open`))) await sleep(20)
}

/** Opens a gate itself. */
export const openGate = (name: string): void => writeFileSync(file(`${name}.open`), '')
