import { CommanderError } from 'commander'
import { outcome } from './action.ts'
import { COMPLETE_COMMAND } from './completion-scripts.ts'
import { exitNumber } from './exit-codes.ts'
import { createProgram, exitOfCommander } from './program.ts'

/** Waits until all that was written has left the program, then ends it: open connections must not keep it alive. */
async function leave(code: number): Promise<void> {
  await Promise.all(
    [process.stdout, process.stderr].map((stream) => new Promise<void>((done) => stream.write('', () => done()))),
  )
  process.exit(code)
}

/** A reader that has seen enough, as in `weir run logs … | head`, is no error. */
function endQuietlyWithReader(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(exitNumber('ok'))
  throw error
}

/**
 * `weir --version`. Commands have a `--version` of their own, so it is no option of the tree: it is the program's when no
 * command stands beside it.
 */
function asksForVersion(args: readonly string[]): boolean {
  if (!args.includes('--version') && !args.includes('-V')) return false
  return createProgram().parseOptions([...args]).operands.length === 0
}

async function main(args: readonly string[]): Promise<void> {
  process.stdout.on('error', endQuietlyWithReader)
  process.stderr.on('error', endQuietlyWithReader)
  try {
    if (args[0] === COMPLETE_COMMAND) {
      const { printCompletions } = await import('./complete-live.ts')
      await printCompletions(createProgram(), args.slice(1))
      return await leave(exitNumber('ok'))
    }
    const words = asksForVersion(args)
      ? ['version', ...args.filter((word) => word !== '--version' && word !== '-V')]
      : args
    await createProgram().parseAsync(words, { from: 'user' })
    await leave(outcome.exit)
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    await leave(exitOfCommander(error)) // commander has said what is wrong
  }
}

// No top-level await: the bundle is CommonJS.
main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exit(exitNumber('failed'))
})
