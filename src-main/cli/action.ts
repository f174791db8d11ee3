import type { Command } from 'commander'
import type { Session } from './connect.ts'
import type { Context, Globals } from './context.ts'
import { type ExitName, exitNumber } from './exit-codes.ts'
import { Output } from './output.ts'

export type Body<O> = (context: Context, options: O, ...args: string[]) => Promise<ExitName | undefined>
export type SessionBody<O> = (session: Session, options: O, ...args: string[]) => Promise<ExitName | undefined>
type CommanderAction = (...given: unknown[]) => Promise<void>

/** Where `main` finds the exit code of the command that ran. */
export const outcome: { exit: number } = { exit: 0 }

/** What commander calls: arguments, options, command. Failures are reported here, so that all look the same. */
export function action<O extends object>(body: Body<O>): CommanderAction {
  return async (...given) => {
    const command = given.at(-1) as Command
    const options = given.at(-2) as O
    const args = given.slice(0, -2).map((arg) => (typeof arg === 'string' ? arg : ''))
    const globals = command.optsWithGlobals<Globals>()
    const output = new Output(globals.format, globals.quiet)
    const context: Context = { globals, output, source: null }
    try {
      outcome.exit = exitNumber((await body(context, options, ...args)) ?? 'ok')
    } catch (error) {
      const { reportFailure } = await import('./report.ts')
      outcome.exit = exitNumber(await reportFailure(error, output, context.source))
    }
  }
}

/** The same for commands that need an engine: it is found, or started where none runs. */
export function engineAction<O extends object>(body: SessionBody<O>): CommanderAction {
  return action<O>(async (context, options, ...args) => {
    const { connect } = await import('./connect.ts')
    const session = await connect(context)
    try {
      return await body(session, options, ...args)
    } finally {
      session.close()
    }
  })
}
