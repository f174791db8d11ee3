import { useQueries } from '@tanstack/react-query'
import { useMemo } from 'react'
import { type Json, type TargetDetail, type TargetParameter, targetRoutes } from '../../../src-shared/contract/index.ts'
import { call, keyOf, PROJECT, useAsk } from '../../api/index.ts'
import { useCodeWorkspace } from '../../targets/use-targets.ts'
import { mapOf, textOf } from './values.ts'

/** Targets that lists offer; the search of a list finds others by their paths. */
const LISTED = 1000
/** ms for which a target is taken as known. */
const STALE_MS = 60_000

/** A parameter of a target, under the name that it has as an input of a step. */
export interface TargetInput {
  readonly name: string
  readonly parameter: TargetParameter
}

/** All tasks that the workspace sees: workflows of code are called as workflows, in runs of their own. */
export function useTargetList() {
  const workspace = useCodeWorkspace()
  return useAsk(targetRoutes.list, { params: { project: PROJECT }, query: { workspace, kind: 'task', limit: LISTED } })
}

/** What the targets that a definition names take, by what stands in the steps; only those that are found. */
export function useTargetInputs(
  definition: Json | undefined,
): ReadonlyMap<string, { readonly inputs: readonly TargetInput[] }> {
  const list = targetsOf(definition).join(' ')
  const names = useMemo(() => (list === '' ? [] : list.split(' ')), [list])
  const workspace = useCodeWorkspace()
  return useQueries({
    queries: names.map((name) => {
      const input = callOf(name, workspace)
      return {
        queryKey: keyOf(targetRoutes.get, input),
        queryFn: () => call(targetRoutes.get, input),
        staleTime: STALE_MS,
      }
    }),
    combine: (answers) =>
      new Map(
        answers.flatMap(({ data }, i) => (data === undefined ? [] : [[names[i] ?? '', { inputs: inputsIn(data) }]])),
      ),
  })
}

/** One target, as it stands in a step: `digits/train`, `digits/train@4`. */
export function useStepTarget(name: string) {
  const workspace = useCodeWorkspace()
  const asked = useAsk(targetRoutes.get, callOf(name, workspace), { enabled: TARGET.test(name), staleTime: STALE_MS })
  const target = asked.data?.path === name.split('@')[0] ? asked.data : undefined
  return { ...asked, target, inputs: target === undefined ? undefined : inputsIn(target) }
}

const inputsIn = ({ parameters, inputs }: TargetDetail): TargetInput[] =>
  parameters.map((parameter, i) => ({ name: inputs[i] ?? parameter.name, parameter }))

const TARGET = /^[\w.-]+\/\w+(@\d+)?$/

function callOf(name: string, workspace: string) {
  const [path = '', version] = name.split('@')
  const [module = '', target = ''] = path.split('/')
  const query = { workspace, ...(version === undefined ? {} : { version }) }
  return { params: { project: PROJECT, module, target }, query }
}

/** Targets that steps name, each once. */
export function targetsOf(definition: Json | undefined): string[] {
  const names = Object.values(mapOf(mapOf(definition)['steps'])).map((step) => textOf(mapOf(step)['target']))
  return [...new Set(names)].filter((name) => TARGET.test(name)).toSorted()
}
