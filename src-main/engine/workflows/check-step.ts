import type { AssetFile, OutputSpec, Step } from '../../../src-shared/contract/index.ts'
import { matcherOf, type Path } from '../../../src-shared/definition/index.ts'
import { checkParamTable } from './check-params.ts'
import type { Faults } from './faults.ts'
import { MAX_ITEMS, MIN_MEMORY_BYTES } from './limits.ts'
import { pathFault } from './paths.ts'
import type { PlanStep } from './plan.ts'
import { meant } from './suggest.ts'
import { parseTemplate, TemplateError } from './template.ts'
import { bytesOf, durationMs } from './units.ts'

const KINDS = ['run', 'target', 'workflow', 'approval', 'sleep'] as const

/** What a step does; null when it says nothing or too much. */
export function kindOf(step: Step): PlanStep['kind'] | null {
  const found = KINDS.filter((kind) => step[kind] !== undefined)
  return found.length === 1 ? (found[0] ?? null) : null
}

/** Fields that only a step with a command can use. */
const ONLY_RUN = ['image', 'env', 'workdir', 'files', 'outputs', 'resources'] as const

/** Checks all of a step but its expressions. */
export function checkStep(step: Step, path: Path, files: readonly AssetFile[], faults: Faults): void {
  checkKind(step, path, faults)
  checkTimes(step, path, faults)
  checkResources(step, path, faults)
  if (step.workdir !== undefined) checkFolder(step.workdir, [...path, 'workdir'], faults)
  for (const [name, output] of Object.entries(step.outputs ?? {}))
    checkOutput(output, [...path, 'outputs', name], faults)
  checkFiles(step.files ?? [], [...path, 'files'], files, faults)
  if (step.approval) checkParamTable(step.approval.form ?? {}, [...path, 'approval', 'form'], [], true, faults)
  checkCache(step, path, faults)
  checkForEach(step, path, faults)
}

function checkKind(step: Step, path: Path, faults: Faults): void {
  const found = KINDS.filter((kind) => step[kind] !== undefined)
  const [first, second] = found
  if (first === undefined) {
    const fix = 'Add exactly one of `run:`, `target:`, `workflow:`, `approval:` and `sleep:`.'
    faults.add({ code: 'step_kind', path, message: 'the step does nothing', fix, on: 'key' })
  } else if (second !== undefined) {
    const fix = 'Keep one, and make the other a step of its own.'
    faults.add({
      code: 'step_kind',
      path: [...path, second],
      message: `a step cannot have both \`${first}\` and \`${second}\``,
      fix,
      on: 'key',
    })
  } else checkUseless(first, step, path, faults)
  if (typeof step.run === 'string' && step.run.trim() === '') {
    faults.add({
      code: 'empty',
      path: [...path, 'run'],
      message: 'the command is empty',
      fix: 'Write a shell script, or a program with its arguments as a list.',
    })
  }
  if (typeof step.run === 'object' && step.run[0]?.trim() === '') {
    faults.add({
      code: 'empty',
      path: [...path, 'run', 0],
      message: 'the program has no name',
      fix: 'Start the list with a program.',
    })
  }
  if (
    step.image !== undefined &&
    (step.image.trim() === '' || /\s/.test(step.image.replaceAll(/\$\{\{.*?\}\}/gs, '')))
  ) {
    faults.add({
      code: 'bad_format',
      path: [...path, 'image'],
      message: 'this is no name of an image',
      fix: 'Write e.g. `python:3.12-slim`.',
    })
  }
}

function checkUseless(kind: PlanStep['kind'], step: Step, path: Path, faults: Faults): void {
  if (kind === 'run') return
  const useless = [
    ...ONLY_RUN.filter((field) => step[field] !== undefined),
    ...(step.cache !== undefined && kind !== 'target' ? ['cache'] : []),
    ...(step.retry && kind !== 'workflow' && kind !== 'target' ? ['retry'] : []),
  ]
  for (const field of useless) {
    const message = `\`${field}\` has no effect on a step with \`${kind}\``
    const fix =
      kind === 'target' && field === 'outputs'
        ? 'Remove it: what the target returns is the output `result`.'
        : 'Remove it, or give it to a step with `run`.'
    faults.add({ code: 'field_without_effect', path: [...path, field], message, fix, on: 'key' })
  }
}

function checkTimes(step: Step, path: Path, faults: Faults): void {
  if (step.timeout !== undefined) checkDuration(step.timeout, [...path, 'timeout'], faults, true)
  if (step.sleep !== undefined && !isTemplate(step.sleep)) checkDuration(step.sleep, [...path, 'sleep'], faults, false)
  const { retry } = step
  if (retry?.delay !== undefined) checkDelay(retry.delay, [...path, 'retry', 'delay'], faults)
  for (const [i, on] of (retry?.on ?? []).entries()) {
    if (typeof on === 'number' && (on < 1 || on > 255)) {
      const message = `${on} is no exit code of a failure`
      faults.add({
        code: 'bad_value',
        path: [...path, 'retry', 'on', i],
        message,
        fix: 'Exit codes of failures are 1 to 255.',
      })
    }
  }
}

/** Whether a text holds expressions; one that cannot be read is reported with the expressions. */
function isTemplate(text: string): boolean {
  try {
    return parseTemplate(text).hasExpressions
  } catch (error) {
    if (error instanceof TemplateError) return true
    throw error
  }
}

const DURATION_FIX = 'Write e.g. 500ms, 30s, 10m, 2h, 7d or 1h30m; at most ten years.'

function checkDuration(text: string, path: Path, faults: Faults, positive: boolean): void {
  const ms = durationMs(text)
  if (ms === null) faults.add({ code: 'bad_duration', path, message: `\`${text}\` is no duration`, fix: DURATION_FIX })
  else if (positive && ms === 0) {
    faults.add({
      code: 'bad_duration',
      path,
      message: 'the time is zero, so that nothing could ever run',
      fix: DURATION_FIX,
    })
  }
}

function checkDelay(text: string, path: Path, faults: Faults): void {
  const [low = '', high = low] = text.split('..')
  const [min, max] = [durationMs(low), durationMs(high)]
  if (min === null || max === null) {
    const message = `\`${text}\` is no delay`
    faults.add({ code: 'bad_duration', path, message, fix: 'Write one duration, 5s, or a range that grows, 1s..30s.' })
  } else if (min > max) {
    faults.add({ code: 'bad_range', path, message: `${low} is longer than ${high}`, fix: `Write ${high}..${low}.` })
  }
}

function checkResources(step: Step, path: Path, faults: Faults): void {
  const { resources } = step
  const at = [...path, 'resources']
  if (resources?.cpus === 0) {
    faults.add({
      code: 'bad_resources',
      path: [...at, 'cpus'],
      message: 'a step cannot run on 0 processors',
      fix: 'Write e.g. 0.5 for work that mostly waits.',
    })
  }
  if (resources?.memory === undefined) return
  const bytes = bytesOf(resources.memory)
  if (bytes === null) {
    faults.add({
      code: 'bad_bytes',
      path: [...at, 'memory'],
      message: `\`${resources.memory}\` is no size`,
      fix: 'Write e.g. 512Mi or 2Gi.',
    })
  } else if (bytes < MIN_MEMORY_BYTES) {
    const message = `${bytes} bytes of memory are less than any program needs`
    faults.add({
      code: 'bad_resources',
      path: [...at, 'memory'],
      message,
      fix: `Add a unit, e.g. ${resources.memory}Mi.`,
    })
  }
}

function checkFolder(folder: string, path: Path, faults: Faults): void {
  const fault = pathFault(folder)
  if (fault === null) return
  faults.add({
    code: 'bad_path',
    path,
    message: `the folder \`${folder}\` ${fault}`,
    fix: 'Write a path below the working folder, e.g. `src/model`.',
  })
}

function checkOutput(output: OutputSpec, path: Path, faults: Faults): void {
  const [field, value] =
    'json' in output ? ['json', output.json] : 'text' in output ? ['text', output.text] : ['files', output.files]
  const globs = typeof value === 'string' ? [value] : value
  for (const [i, glob] of globs.entries()) {
    const at = typeof value === 'string' ? [...path, field] : [...path, field, i]
    const fault = glob.includes('${{') ? 'holds an expression' : pathFault(glob)
    if (fault === null) continue
    const fix = 'Write a fixed path below the working folder, e.g. `results/*.csv`.'
    faults.add({ code: 'bad_path', path: at, message: `the output path \`${glob}\` ${fault}`, fix })
  }
}

/** Globs over the workflow's files: each must be safe and match something. */
export function checkFiles(globs: readonly string[], path: Path, files: readonly AssetFile[], faults: Faults): void {
  for (const [i, glob] of globs.entries()) {
    const fault = pathFault(glob)
    if (fault !== null) {
      faults.add({
        code: 'bad_path',
        path: [...path, i],
        message: `\`${glob}\` ${fault}`,
        fix: 'Write a path or glob relative to the definition, e.g. `scripts/*.py`.',
      })
      continue
    }
    const matches = matcherOf(glob)
    if (!files.some((file) => matches(file.path))) {
      const fix = (): string =>
        meant(
          glob,
          files.map((file) => file.path),
          'file',
        )
      const message = `\`${glob}\` matches none of the workflow's ${files.length} files`
      faults.add({ code: 'files_missing', path: [...path, i], message, fix })
    }
  }
}

function checkCache(step: Step, path: Path, faults: Faults): void {
  if (typeof step.cache !== 'object') return
  const at = [...path, 'cache']
  if (step.cache.maxAge !== undefined) checkDuration(step.cache.maxAge, [...at, 'maxAge'], faults, true)
  const inputs = Object.keys(step.inputs ?? {})
  for (const [i, name] of (step.cache.params ?? []).entries()) {
    if (inputs.includes(name)) continue
    faults.add({
      code: 'unknown_input',
      path: [...at, 'params', i],
      message: `the step has no input \`${name}\``,
      fix: meant(name, inputs, 'input'),
    })
  }
}

function checkForEach(step: Step, path: Path, faults: Faults): void {
  const { forEach } = step
  if (forEach === undefined) return
  const nested = typeof forEach === 'object' && !Array.isArray(forEach)
  const items = nested ? forEach.items : forEach
  const at = nested ? [...path, 'forEach', 'items'] : [...path, 'forEach']
  if (Array.isArray(items)) {
    if (items.length <= MAX_ITEMS) return
    faults.add({
      code: 'too_big',
      path: at,
      message: `the list has more than ${MAX_ITEMS} items`,
      fix: 'Let one item stand for several, e.g. a range of rows.',
    })
  } else if (typeof items !== 'string' || !isSingle(items)) {
    const message = 'forEach needs a list or an asset'
    const fix =
      typeof items === 'string'
        ? `Write one expression, \`\${{ ${items.trim() || 'params.list'} }}\`, or a list.`
        : 'Write a list, or an expression such as `${{ range(3) }}`.'
    faults.add({ code: 'expression_type', path: at, message, fix })
  }
}

function isSingle(text: string): boolean {
  try {
    return parseTemplate(text).single !== null
  } catch (error) {
    if (error instanceof TemplateError) return true
    throw error
  }
}
