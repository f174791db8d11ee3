import type { AssetFile, Definition, Step } from '../../../src-shared/contract/index.ts'
import type { Path } from '../../../src-shared/definition/index.ts'
import type { Root } from './cel.ts'
import { CONDITION, ExpressionChecker, ITEMS, PAUSE } from './check-expressions.ts'
import { checkParamTable } from './check-params.ts'
import type { Scope } from './check-reads.ts'
import { checkFiles, checkStep } from './check-step.ts'
import type { Faults } from './faults.ts'
import { MAX_STEPS } from './limits.ts'
import { cyclesOf, topologicalOrder } from './order.ts'
import { pathFault } from './paths.ts'
import { meant } from './suggest.ts'

/** What the checks found out beside faults. */
export interface Checked {
  /** All needs of each step, written and read */
  readonly needs: ReadonlyMap<string, readonly string[]>
  readonly runsAfterFailure: ReadonlySet<string>
  /** Names of the steps, each after what it needs */
  readonly order: readonly string[]
}

/** Checks everything that the schema cannot say. */
export function checkDefinition(definition: Definition, files: readonly AssetFile[], faults: Faults): Checked {
  const names = Object.keys(definition.steps)
  if (names.length === 0) {
    faults.add({
      code: 'empty',
      path: ['steps'],
      message: 'the workflow has no steps',
      fix: 'Add at least one step.',
      on: 'key',
    })
  }
  if (names.length > MAX_STEPS) {
    const message = `the workflow has ${names.length} steps, more than ${MAX_STEPS}`
    faults.add({
      code: 'too_large',
      path: ['steps'],
      message,
      fix: 'Use `forEach` for alike steps, or child workflows.',
      on: 'key',
    })
    return { needs: new Map(), runsAfterFailure: new Set(), order: [] }
  }
  checkNames(definition, faults)
  checkParamTable(definition.params ?? {}, ['params'], files, false, faults)
  checkGivenFiles(definition, files, faults)
  for (const [name, step] of Object.entries(definition.steps)) checkStep(step, ['steps', name], files, faults)
  return checkGraph(definition, faults)
}

/** Words of CEL that cannot follow a dot or stand as a name, and names that every object of JavaScript has. */
const RESERVED = new Set(
  'in as true false null break const continue else for function if import let loop package namespace return var void while constructor prototype'.split(
    ' ',
  ),
)
/** A step is a folder on disk, and these are devices on Windows. */
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)$/i

function checkNames(definition: Definition, faults: Faults): void {
  const check = (names: Iterable<string>, path: Path): void => {
    for (const name of names) if (RESERVED.has(name)) reserved([...path, name], name, faults)
  }
  check(Object.keys(definition.params ?? {}), ['params'])
  check(Object.keys(definition.outputs ?? {}), ['outputs'])
  check(Object.keys(definition.steps), ['steps'])
  const seen = new Map<string, string>()
  for (const [name, step] of Object.entries(definition.steps)) {
    const path = ['steps', name]
    if (DEVICES.test(name)) reserved(path, name, faults)
    const twin = seen.get(name.toLowerCase())
    if (twin !== undefined) {
      const message = `\`${name}\` and \`${twin}\` differ only in case, and would be one folder on some disks`
      faults.add({ code: 'bad_name', path, message, fix: 'Rename one of them.', on: 'key' })
    }
    seen.set(name.toLowerCase(), name)
    check(Object.keys(step.inputs ?? {}), [...path, 'inputs'])
    check(Object.keys(step.outputs ?? {}), [...path, 'outputs'])
    check(Object.keys(step.approval?.form ?? {}), [...path, 'approval', 'form'])
    checkEnvNames(step.env ?? {}, [...path, 'env'], faults)
  }
  checkEnvNames(definition.env ?? {}, ['env'], faults)
}

function reserved(path: Path, name: string, faults: Faults): void {
  faults.add({
    code: 'reserved_name',
    path,
    message: `\`${name}\` is a reserved word`,
    fix: `Choose another name, e.g. \`${name}_\`.`,
    on: 'key',
  })
}

function checkEnvNames(env: Readonly<Record<string, unknown>>, path: Path, faults: Faults): void {
  for (const name of Object.keys(env)) {
    if (!name.startsWith('WEIR_')) continue
    const message = `\`${name}\`: names that start with WEIR_ are set by Weir itself`
    faults.add({ code: 'reserved_name', path: [...path, name], message, fix: 'Choose another name.', on: 'key' })
  }
}

function checkGivenFiles(definition: Definition, files: readonly AssetFile[], faults: Faults): void {
  const seen = new Set<string>()
  for (const { path } of files) {
    const fault = pathFault(path) ?? (seen.has(path) ? 'is there twice' : null)
    seen.add(path)
    if (fault !== null) {
      faults.add({
        code: 'bad_path',
        path: ['files'],
        message: `the file \`${path}\` ${fault}`,
        fix: 'Hand in each file once, with a path relative to the definition.',
      })
    }
  }
  checkFiles(definition.files ?? [], ['files'], files, faults)
}

/** Steps of a cycle that a message names. */
const SHOWN_CYCLE = 12

const EARLY: readonly Root[] = ['params', 'steps', 'run']

function checkGraph(definition: Definition, faults: Faults): Checked {
  const checker = new ExpressionChecker(definition, faults)
  const needs = new Map<string, string[]>()
  const runsAfterFailure = new Set<string>()
  for (const [name, step] of Object.entries(definition.steps)) {
    const found = new Set(writtenNeeds(name, step, definition, faults))
    if (checkStepExpressions(name, step, checker, found)) runsAfterFailure.add(name)
    needs.set(name, [...found])
  }
  const none = new Set<string>()
  const scope = { step: null, secrets: false }
  checker.value({ ...definition.outputs }, ['outputs'], { ...scope, roots: EARLY, field: 'the result' }, none)
  for (const [name, value] of Object.entries(definition.env ?? {})) {
    const field = "the workflow's env"
    if (typeof value === 'string')
      checker.template(value, ['env', name], { step: null, secrets: true, roots: ['params', 'run'], field }, none)
  }
  const order = topologicalOrder(needs)
  for (const cycle of order.length === needs.size ? [] : cyclesOf(needs, order)) {
    const text = (
      cycle.length > SHOWN_CYCLE ? [...cycle.slice(0, SHOWN_CYCLE - 2), '…', ...cycle.slice(-2)] : cycle
    ).join(' → ')
    const fix = 'Take away one of these needs: a step can only wait for steps that do not wait for it.'
    faults.add({
      code: 'cycle',
      path: ['steps', cycle[0] ?? ''],
      message: `the steps need each other: ${text}`,
      fix,
      on: 'key',
    })
  }
  return { needs, runsAfterFailure, order }
}

function writtenNeeds(name: string, step: Step, definition: Definition, faults: Faults): string[] {
  const written = typeof step.needs === 'string' ? [step.needs] : (step.needs ?? [])
  return written.filter((need, i) => {
    if (Object.hasOwn(definition.steps, need)) return true
    const path = ['steps', name, 'needs', ...(typeof step.needs === 'string' ? [] : [i])]
    const fix = (): string =>
      meant(
        need,
        Object.keys(definition.steps).filter((other) => other !== name),
        'step',
      )
    faults.add({ code: 'unknown_step', path, message: `unknown step \`${need}\``, fix })
    return false
  })
}

/** Checks a step's expressions and adds what they read to `needs`; answers whether `when` reads how a step ended. */
function checkStepExpressions(name: string, step: Step, checker: ExpressionChecker, needs: Set<string>): boolean {
  const path = ['steps', name]
  const items: readonly Root[] = step.forEach === undefined ? [] : ['item', 'index']
  const scope = (field: string, more: readonly Root[], secrets = false): Scope => ({
    step: { name, definition: step },
    roots: [...EARLY, ...more],
    secrets,
    field: `\`${field}\``,
  })
  const late: readonly Root[] = ['inputs', ...items]
  if (typeof step.run === 'string') checker.script(step.run, [...path, 'run'], scope('run', late, true), needs)
  else checker.value([...(step.run ?? [])], [...path, 'run'], scope('run', late, true), needs)
  checker.value({ ...step.env }, [...path, 'env'], scope('env', late, true), needs)
  checker.value({ ...step.inputs }, [...path, 'inputs'], scope('inputs', items), needs)
  checkForEachItems(step, path, checker, scope('forEach', []), needs)
  const texts = { image: step.image, workdir: step.workdir }
  for (const [field, text] of Object.entries(texts)) {
    if (text !== undefined) checker.template(text, [...path, field], scope(field, late), needs)
  }
  if (step.sleep !== undefined) checker.template(step.sleep, [...path, 'sleep'], scope('sleep', late), needs, PAUSE)
  if (step.approval)
    checker.template(step.approval.message, [...path, 'approval', 'message'], scope('message', late), needs)
  if (step.concurrency)
    checker.template(step.concurrency.key, [...path, 'concurrency', 'key'], scope('key', late), needs)
  if (step.when === undefined) return false
  const program = checker.bare(step.when, [...path, 'when'], scope('when', []), needs, CONDITION)
  return (
    program?.reads.some((read) => read.root === 'steps' && ['status', 'failed'].includes(read.path[1] ?? '')) ?? false
  )
}

function checkForEachItems(step: Step, path: Path, checker: ExpressionChecker, scope: Scope, needs: Set<string>): void {
  const { forEach } = step
  if (forEach === undefined) return
  const nested = typeof forEach === 'object' && !Array.isArray(forEach)
  const items = nested ? forEach.items : forEach
  const at = nested ? [...path, 'forEach', 'items'] : [...path, 'forEach']
  if (typeof items === 'string') checker.template(items, at, scope, needs, ITEMS)
  else checker.value(items, at, scope, needs)
}
