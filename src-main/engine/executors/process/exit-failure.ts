import { open } from 'node:fs/promises'
import type { Failure } from '../../../../src-shared/contract/index.ts'
import { errnoOf } from '../failure.ts'
import { maskText, secretTexts } from '../mask.ts'
import { notExecutable, notFound } from './command.ts'
import { signalOf } from './exit-file.ts'

/** How much of the end of stderr goes with a failure, in bytes. */
const QUOTED_STDERR_BYTES = 2048
/** Statuses by which shells say that a program was not found, or could not be executed. */
const STATUS_NOT_FOUND = 127
const STATUS_NOT_EXECUTABLE = 126

/** The end of a log as text, secrets hidden; empty when there is none. */
export async function quoteEnd(path: string, secrets: readonly string[]): Promise<string> {
  try {
    const file = await open(path, 'r')
    try {
      const { size } = await file.stat()
      // More than is quoted, so that a secret at the border is still recognised as a whole.
      const masks = secretTexts(secrets)
      const margin = Math.max(0, ...masks.map((mask) => Buffer.byteLength(mask)))
      const start = Math.max(0, size - QUOTED_STDERR_BYTES - margin)
      const bytes = Buffer.alloc(size - start)
      const { bytesRead } = await file.read(bytes, 0, bytes.length, start)
      const text = maskText(bytes.toString('utf8', 0, bytesRead), masks)
      return text
        .slice(-QUOTED_STDERR_BYTES)
        .replace(/^\uFFFD+/, '')
        .trimEnd()
    } finally {
      await file.close()
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return ''
    throw error
  }
}

/** Why a status other than 0 is a failure, in words. `stderr` is the end of the command's standard error. */
export function exitFailure(status: number, stderr: string): Failure {
  const details = stderr === '' ? {} : { details: stderr }
  const signal = signalOf(status)
  if (signal !== null) return { ...signalFailure(signal), ...details }
  if (status === STATUS_NOT_FOUND) {
    // As dash, bash and busybox say it: `sh: 1: foo: not found`, `sh: line 1: foo: command not found`.
    const name = /([^:\n]+): (?:command )?not found$/m.exec(stderr)?.[1]?.trim()
    if (name !== undefined) return { ...notFound(name, null), ...details }
  }
  if (status === STATUS_NOT_EXECUTABLE) {
    const file = /([^:\n]+): Permission denied$/m.exec(stderr)?.[1]?.trim()
    if (file !== undefined) return { ...notExecutable(file), ...details }
  }
  return {
    code: 'exit_code',
    message: `The command ended with exit code ${status}.`,
    fix:
      stderr === ''
        ? 'It wrote nothing to stderr; see its log.'
        : 'Read what it wrote to stderr, e.g. with: weir run logs',
    ...details,
  }
}

function signalFailure(signal: string): Failure {
  const message = `The command was ended by ${signal}.`
  if (signal === 'SIGKILL') {
    const fix =
      'When nobody killed it, the machine may have run out of memory: see the kernel log, ask for more memory.'
    return { code: 'signal', message, fix }
  }
  if (signal === 'SIGSEGV' || signal === 'SIGBUS' || signal === 'SIGILL' || signal === 'SIGABRT') {
    return { code: 'signal', message, fix: 'The program crashed; see the end of its log.' }
  }
  return { code: 'signal', message }
}
