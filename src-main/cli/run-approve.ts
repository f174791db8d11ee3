import type { Json, Param, RunStep } from '../../src-shared/contract/index.ts'
import type { Session } from './connect.ts'
import type { ExitName } from './exit-codes.ts'
import { CliError } from './failure.ts'
import { readParams, typedValue } from './params.ts'
import { waitingApprovals } from './run-words.ts'

export interface ApproveOptions {
  readonly answer?: readonly string[]
  readonly reject?: boolean
  readonly comment?: string
}

export interface ApprovalAnswer {
  readonly approved: boolean
  readonly answers: Record<string, Json>
  readonly comment?: string
}

export async function approve(
  session: Session,
  options: ApproveOptions,
  id: string,
  step: string,
): Promise<ExitName | undefined> {
  const { client, routes, project, output } = session
  const run = await client.call(routes.runs.get, { params: { project, run: id } })
  const waiting = chosenStep(waitingApprovals(run), step, id)
  const comment = options.comment === undefined ? {} : { comment: options.comment }
  const answer = await answerOf(waiting, options, output.interactive)
  if (answer === null) {
    output.note('Not answered: the run goes on waiting.')
    return undefined
  }
  const after = await sendApproval(session, id, waiting?.key ?? step, { ...answer, ...comment })
  await output.result(
    after,
    () => `${waiting?.key ?? step} of run ${id} is ${answer.approved ? 'approved' : 'rejected'}.`,
  )
  return undefined
}

/** The step that is meant. One that does not wait is left to the engine, which says how it stands. */
function chosenStep(waiting: readonly RunStep[], step: string, id: string): RunStep | undefined {
  if (step !== '') return waiting.find((each) => each.key === step)
  const only = waiting[0]
  if (only === undefined)
    throw new CliError(
      'failed',
      'approval_not_waiting',
      `No step of run ${id} waits for an answer.`,
      `See how it stands with: weir run inspect ${id}`,
    )
  if (waiting.length === 1) return only
  throw new CliError(
    'usage',
    'usage',
    `Several steps wait for an answer: ${waiting.map((each) => each.key).join(', ')}.`,
    'Name one of them.',
  )
}

async function answerOf(
  step: RunStep | undefined,
  options: ApproveOptions,
  interactive: boolean,
): Promise<ApprovalAnswer | null> {
  if (options.reject === true) return { approved: false, answers: {} }
  const form = formOf(step)
  const given = options.answer ?? []
  if (given.length === 0 && Object.keys(form).length > 0 && interactive && step !== undefined)
    return await askForApproval(step)
  const { values } =
    step === undefined ? { values: {} } : await readParams(form, given, undefined, process.cwd(), 'field')
  return { approved: true, answers: values }
}

/** The form's fields are declared as parameters are; the engine checked them when the workflow was saved. */
const formOf = (step: RunStep | undefined): Record<string, Param> =>
  (step?.approval?.form ?? {}) as Record<string, unknown> as Record<string, Param>

export async function sendApproval(session: Session, id: string, step: string, answer: ApprovalAnswer) {
  const { client, routes, project } = session
  return await client.call(routes.runs.approve, { params: { project, run: id, step }, body: answer })
}

/**
 * Asks a person in the terminal: yes or no, then each field of the form, until its value fits its type.
 * @returns null when the person leaves it for later
 */
export async function askForApproval(step: RunStep, signal?: AbortSignal): Promise<ApprovalAnswer | null> {
  const { ask } = await import('./ask.ts')
  const waits = signal === undefined ? {} : { signal }
  process.stderr.write(`\n${step.key} asks: ${step.approval?.message ?? ''}\n`)
  const verdict = await askForVerdict(waits)
  if (verdict === 'later') return null
  if (verdict === 'no') {
    const comment = (await ask('Why not? (Enter: no comment) ', waits)).trim()
    return { approved: false, answers: {}, ...(comment === '' ? {} : { comment }) }
  }
  const answers: Record<string, Json> = {}
  for (const [name, field] of Object.entries(formOf(step))) {
    const value = await askForField(name, field, waits)
    if (value !== undefined) answers[name] = value
  }
  return { approved: true, answers }
}

const VERDICTS: Readonly<Record<string, 'yes' | 'no' | 'later'>> = {
  y: 'yes',
  yes: 'yes',
  n: 'no',
  no: 'no',
  '': 'later',
}

/** Asks until the answer is one of those offered: what was meant for the form must not be taken as "later". */
async function askForVerdict(waits: { signal?: AbortSignal }): Promise<'yes' | 'no' | 'later'> {
  const { ask } = await import('./ask.ts')
  for (;;) {
    const text = (await ask('Approve (y), reject (n), or answer later (Enter)? ', waits)).trim().toLowerCase()
    const verdict = VERDICTS[text]
    if (verdict !== undefined) return verdict
    process.stderr.write('  Answer with y or n, or press Enter alone to answer later.\n')
  }
}

async function askForField(name: string, field: Param, waits: { signal?: AbortSignal }): Promise<Json | undefined> {
  const { ask } = await import('./ask.ts')
  const choices =
    field.enum === undefined
      ? field.type
      : field.enum.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join(' | ')
  const fallback = field.default === undefined ? '' : `, Enter: ${JSON.stringify(field.default)}`
  if (field.description !== undefined) process.stderr.write(`  ${field.description}\n`)
  for (;;) {
    const text = await ask(`  ${name} (${choices}${fallback}): `, { ...waits, hidden: field.type === 'secret' })
    const needed = field.default === undefined && field.required !== false
    if (text === '' && !(needed && field.type === 'string')) {
      if (!needed) return undefined
      process.stderr.write('  A value is needed.\n')
      continue
    }
    try {
      const value = await typedValue(name, field, [text], process.cwd())
      if (field.enum === undefined || field.enum.some((each) => each === value)) return value
      process.stderr.write(`  Choose one of: ${choices}\n`)
    } catch (error) {
      if (!(error instanceof CliError)) throw error
      process.stderr.write(`  ${error.message}\n`)
    }
  }
}
