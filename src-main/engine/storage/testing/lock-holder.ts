import { ProblemError } from '../../../../src-shared/contract/index.ts'
import { acquireDataLock } from '../lock.ts'

/** Test program: takes the lock of a folder, says how that went, and holds it until it is killed. */
const say = (line: string): boolean => process.stdout.write(`${line}\n`)

try {
  acquireDataLock(process.argv[2] ?? '')
  say('held')
  setInterval(() => undefined, 60_000)
} catch (error) {
  say(error instanceof ProblemError ? JSON.stringify(error.toProblem()) : String(error))
}
