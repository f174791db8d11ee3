import { type AttemptFacts, type Json, ProblemError } from '../../../src-shared/contract/index.ts'
import { maskText, readCommand, secretTexts } from '../executors/index.ts'
import { argumentsByName, asRecord, parseKey, type RunState, readSecrets, type Values } from '../orchestrator/index.ts'
import { loggedExecutions } from './executions.ts'

interface Asked {
  readonly run: RunState
  readonly step: string
  readonly attempt: number
}

/** What an attempt was given and what it ran, without secrets. Refuses with `step_not_found`. */
export async function attemptFacts(values: Values, runsFolder: string, asked: Asked): Promise<AttemptFacts> {
  const { run, attempt } = asked
  const { step, index } = parseKey(asked.step)
  const top = run.steps.get(step)
  const unit = index === undefined ? top : top?.fanOut?.units[index]
  const execution = unit?.executions.find((one) => one.attempt === attempt)
  if (unit === undefined || execution === undefined) {
    throw new ProblemError('step_not_found', `run ${run.id} has no attempt ${attempt} at ${asked.step}`, {
      fix: `see its steps with: weir run inspect ${run.id}`,
    })
  }
  const secrets = secretTexts(run.secrets.length === 0 ? [] : Object.values(await readSecrets(runsFolder, run.id)))
  const inputs =
    unit.call !== null
      ? argumentsByName(unit, await values.load(unit.call.args))
      : execution.inputs === null
        ? {}
        : asRecord(await values.load(execution.inputs))
  const [logged] = loggedExecutions(run, runsFolder, { step: asked.step, attempt })
  const command = logged === undefined ? null : await readCommand(logged.folder)
  return {
    inputs: masked(inputs, secrets) as Record<string, Json>,
    command: command === null ? null : { ...command, argv: [...command.argv], env: { ...command.env } },
  }
}

/** Masks texts wherever they are: what an earlier step has read out of a secret may come as its output. */
function masked(value: Json, secrets: readonly string[]): Json {
  if (secrets.length === 0) return value
  if (typeof value === 'string') return maskText(value, secrets)
  if (Array.isArray(value)) return value.map((each) => masked(each, secrets))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, masked(each, secrets)]))
}
