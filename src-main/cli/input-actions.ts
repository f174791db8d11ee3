import type { Json, Question } from '../../src-shared/contract/index.ts'
import type { Session } from './connect.ts'
import type { ExitName } from './exit-codes.ts'
import { CliError } from './failure.ts'
import { approve, sendApproval } from './run-approve.ts'
import { renderTable } from './table.ts'
import { formatTime } from './times.ts'

export interface InputListOptions {
  readonly run?: string
  readonly workspace?: string
  readonly limit?: number
}

export interface InputAnswerOptions {
  readonly value?: string
  readonly field?: readonly string[]
  readonly reject?: boolean
  readonly comment?: string
}

type Done = Promise<ExitName | undefined>

export async function list(session: Session, { run, workspace, limit }: InputListOptions): Done {
  const { client, routes, project, output } = session
  const query = {
    ...(run === undefined ? {} : { run }),
    ...(workspace === undefined ? {} : { workspace }),
    ...(limit === undefined ? {} : { limit }),
  }
  const answer = await client.call(routes.runs.questions, { params: { project }, query })
  await output.result(answer, () => {
    if (output.quiet) return answer.items.map(({ run: of, step }) => `${of} ${step}`).join('\n')
    if (answer.items.length === 0) return 'Nothing waits for an answer.'
    return renderTable(
      [
        { title: 'RUN' },
        { title: 'STEP' },
        { title: 'WORKFLOW' },
        { title: 'SINCE' },
        { title: 'QUESTION', flexible: true },
      ],
      answer.items.map((one) => [one.run, one.step, one.workflow, formatTime(one.since), firstLine(one.message)]),
      output.width,
    )
  })
  if (answer.total > answer.items.length) output.note(`There are ${answer.total}: --limit ${answer.total}`)
  return undefined
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? ''

export async function answer(session: Session, options: InputAnswerOptions, run: string, step: string): Done {
  const { value, field, reject, comment } = options
  if (value === undefined) {
    const given = {
      ...(field === undefined ? {} : { answer: field }),
      ...(reject === undefined ? {} : { reject }),
      ...(comment === undefined ? {} : { comment }),
    }
    return approve(session, given, run, step)
  }
  if (field !== undefined || reject === true) {
    throw new CliError(
      'usage',
      'usage',
      'An answer is given by --value, by --field, or refused by --reject.',
      'Take one of them.',
    )
  }
  const { client, routes, project, output } = session
  const { items } = await client.call(routes.runs.questions, { params: { project }, query: { run } })
  const asked = chosen(items, run, step)
  const answers = answersOf(asked, parsed(value))
  const after = await sendApproval(session, run, asked.step, {
    approved: true,
    answers,
    ...(comment === undefined ? {} : { comment }),
  })
  await output.result(after, () => `Answered ${asked.step} of run ${run}.`)
  return undefined
}

function chosen(items: readonly Question[], run: string, step: string): Question {
  const found = step === '' ? items : items.filter((one) => one.step === step)
  const [only] = found
  if (only === undefined) {
    const what = step === '' ? `No step of run ${run} waits` : `Step ${step} of run ${run} does not wait`
    throw new CliError(
      'failed',
      'approval_not_waiting',
      `${what} for an answer.`,
      'See what does with: weir input list',
    )
  }
  if (found.length === 1) return only
  throw new CliError(
    'usage',
    'usage',
    `Several steps wait for an answer: ${found.map((one) => one.step).join(', ')}.`,
    'Name one of them.',
  )
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    throw new CliError('usage', 'usage', `--value is no JSON: ${text}`, 'Texts stand in quotes: --value \'"yes"\'')
  }
}

/** A question with one field takes any value; one with several an object of their names. */
function answersOf({ form, step }: Question, value: Json): Record<string, Json> {
  const names = Object.keys(form)
  const [only] = names
  const isRecord = value !== null && typeof value === 'object' && !Array.isArray(value)
  if (names.length === 1 && only !== undefined) {
    return isRecord && Object.hasOwn(value, only) && Object.keys(value).length === 1 ? value : { [only]: value }
  }
  if (isRecord) return value
  throw new CliError(
    'usage',
    'usage',
    `${step} asks for ${names.length === 0 ? 'no fields' : names.join(', ')}.`,
    names.length === 0 ? 'Answer without --value.' : `Give an object: --value '{"${names[0]}": …}'`,
  )
}
