import { type AssetFile, isAsset, type Json } from '../../../src-shared/contract/index.ts'
import { digestOf, sha256 } from './canonical.ts'
import { compile } from './expression.ts'
import type { CacheKey, ExpressionContext, PlanStep } from './plan.ts'
import { renderText } from './render.ts'
import { parseTemplate } from './template.ts'

/**
 * The cache key of one execution of a command: what it runs, on what. Two executions with the same key would do the same.
 *
 * The parts are `workflow`, `step`, `version` (of the cache rule), `code` (command, env, folder, outputs, files), `image`,
 * `input.<name>` for each input that counts, and `read.<path>` for what command, env and folder read past the inputs,
 * such as `read.params.year`. Secrets are left out: a new password does not make a result wrong.
 */
export function cacheKey(
  step: PlanStep,
  workflow: string,
  inputs: Readonly<Record<string, Json>>,
  context: ExpressionContext,
  imageDigest: string | null,
): CacheKey {
  const parts: Record<string, string> = {
    workflow: sha256(workflow),
    step: sha256(step.name),
    version: sha256(step.cache?.version ?? ''),
    code: codeDigest(step),
    image: sha256(
      imageDigest ?? (step.image === null ? '' : renderText(step.image, { ...context, inputs }, place(step, 'image'))),
    ),
  }
  const counting = step.cache?.params ?? Object.keys(inputs)
  for (const name of counting) parts[`input.${name}`] = digestOf(identityOf(inputs[name] ?? null))
  for (const path of readPaths(step)) {
    if (path[0] === 'inputs' || (path[0] === 'params' && step.secrets?.includes(path[1] ?? ''))) continue
    parts[`read.${path.join('.')}`] = digestOf(identityOf(valueAt(context, path)))
  }
  return { key: digestOf(parts), parts }
}

const place = (step: PlanStep, field: string): string => `steps.${step.name}.${field}`

/** Digests of what a step runs; a step of a plan never changes. */
const codeDigests = new WeakMap<PlanStep, string>()

function codeDigest(step: PlanStep): string {
  const known = codeDigests.get(step)
  if (known !== undefined) return known
  const digest = digestOf({
    run: step.run === null ? null : typeof step.run === 'string' ? step.run : [...step.run],
    env: { ...step.env },
    workdir: step.workdir,
    outputs: { ...step.outputs } as { [name: string]: Json },
    files: identityOfFiles(step.files),
  })
  codeDigests.set(step, digest)
  return digest
}

const paths = new WeakMap<PlanStep, readonly (readonly string[])[]>()

/** What command, env and folder read, each path once. */
function readPaths(step: PlanStep): readonly (readonly string[])[] {
  const known = paths.get(step)
  if (known) return known
  const templates = [
    ...(typeof step.run === 'string' ? [step.run] : (step.run ?? [])),
    ...Object.values(step.env),
    step.workdir ?? '',
  ]
  const found = new Map<string, readonly string[]>()
  for (const template of templates) {
    for (const part of parseTemplate(template).parts) {
      if (typeof part === 'string') continue
      for (const { root, path } of compile(part.text).reads) found.set([root, ...path].join('.'), [root, ...path])
    }
  }
  const list = [...found.values()]
  paths.set(step, list)
  return list
}

/** The value at a path of the context, as far as it goes. */
function valueAt(context: ExpressionContext, path: readonly string[]): Json {
  let value: unknown = context
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null
    value = (value as Record<string, unknown>)[name]
  }
  return (value ?? null) as Json
}

/** What makes a value the same: for an asset its files and paths, not the name of the output that it came from. */
function identityOf(value: Json): Json {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(identityOf)
  if (value['kind'] === 'asset' && isAsset(value)) return { asset: identityOfFiles(value.files) }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, identityOf(item)]))
}

const identityOfFiles = (files: readonly AssetFile[]): Json =>
  files
    .map(({ path, digest, executable = false }): Json => [path, digest, executable])
    .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))

/** An earlier execution of the same step, to compare with. */
export interface Nearest {
  readonly parts: Readonly<Record<string, string>>
  /** `run:step:attempt` */
  readonly execution?: string
  readonly at?: number
}

const WORDS: Record<string, string> = {
  workflow: 'the workflow is another one',
  step: 'the step is another one',
  version: '`cache.version` changed',
  code: 'the code (command, env, outputs or files) changed',
  image: 'the image changed',
}

/** Why there is no hit: what differs from the nearest earlier execution, in words. */
export function explainMiss(parts: Readonly<Record<string, string>>, nearest: Nearest | null): string {
  if (!nearest) return 'no earlier execution of this step succeeded with its cache on'
  const since = nearest.execution === undefined ? '' : ` since ${nearest.execution}`
  const changes = [...new Set([...Object.keys(parts), ...Object.keys(nearest.parts)])].sort().flatMap((name) => {
    if (parts[name] === nearest.parts[name]) return []
    const verb = nearest.parts[name] === undefined ? 'is new' : parts[name] === undefined ? 'is gone' : 'changed'
    if (name.startsWith('input.')) return [`input \`${name.slice('input.'.length)}\` ${verb}`]
    return [name.startsWith('read.') ? `\`${name.slice('read.'.length)}\` ${verb}` : (WORDS[name] ?? `${name} ${verb}`)]
  })
  if (changes.length === 0)
    return `the same execution${since === '' ? '' : ` (${nearest.execution ?? ''})`} is too old or in no reachable workspace`
  return `${changes.join(', ')}${since}`
}
