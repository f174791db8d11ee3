import { writeSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { openControl } from './control.ts'
import { engineExit } from './protocol.ts'
import { type GaveUp, StartFailure } from './start-failure.ts'
import { supervise } from './supervise.ts'

/** The supervisor as a process of its own: `supervisor.cjs --data DIR [--listen ADDR:PORT]`. */

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { data: { type: 'string' }, listen: { type: 'string' } } })
  const data = values.data ?? process.env.WEIR_DATA
  if (data === undefined)
    throw new StartFailure({
      code: 'usage',
      message: 'The supervisor needs a data folder.',
      fix: 'Give one with --data DIR.',
    })
  let onStop: () => void = () => undefined
  const control = await openControl(resolve(data), () => onStop())
  const supervision = supervise({ data: resolve(data), listen: values.listen, say })
  onStop = () => supervision.stop()
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => supervision.stop())

  supervision.ready.then(
    ({ url }) => {
      say(`the engine runs, at ${url}.`)
      tell({ ok: true })
    },
    () => undefined, // `ended` says why
  )
  const gaveUp = await supervision.ended
  control.close()
  if (gaveUp === null) process.exit(engineExit.stopped)
  giveUp(gaveUp)
}

function giveUp(reason: GaveUp): void {
  say(reason.fix === undefined ? reason.message : `${reason.message} ${reason.fix}`)
  tell(reason, () => process.exit(reason.code === 'engine_crashed' ? engineExit.crashed : engineExit.misconfigured))
}

/** Tells whoever waits for the start; it stops listening once it knows. */
function tell(message: object, then: () => void = () => undefined): void {
  if (process.send === undefined || !process.connected) then()
  else process.send(message, undefined, undefined, () => then())
}

function say(sentence: string): void {
  try {
    writeSync(2, `${new Date().toISOString()} ${sentence}\n`)
  } catch {
    // Nobody reads it any more: the terminal was closed.
  }
}

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error)
  giveUp(error instanceof StartFailure ? error : { code: 'internal', message })
})
