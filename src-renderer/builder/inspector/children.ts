import { useQueries } from '@tanstack/react-query'
import { createContext, createElement, type ReactNode, useContext, useMemo } from 'react'
import { type Json, type Param, type Workflow, workflowRoutes } from '../../../src-shared/contract/index.ts'
import { call, keyOf, PROJECT } from '../../api/index.ts'
import { useCodeWorkspace } from '../../targets/use-targets.ts'
import { useDocument } from '../document-context.tsx'
import type { ChildOutputs } from './readable.ts'
import { mapOf, textOf } from './values.ts'

/** What is known of the workflows that steps run as children. */
export interface Children {
  readonly outputs: ChildOutputs
  readonly params: ReadonlyMap<string, Readonly<Record<string, Param>>>
  /** Names that were asked for and do not exist, or could not be read */
  readonly missing: ReadonlySet<string>
}

const NONE: Children = { outputs: new Map(), params: new Map(), missing: new Set() }
const Known = createContext<Children>(NONE)

export const useChildren = (): Children => useContext(Known)

/** ms for which a child's definition is taken as known. */
const STALE_MS = 60_000

/** Asks for the workflows that the definition names, and hands them to all fields inside. */
export function WithChildren({ children }: { readonly children: ReactNode }) {
  const list = useDocument((state) => childrenOf(state.definition).join(' '))
  const names = useMemo(() => (list === '' ? [] : list.split(' ')), [list])
  const workspace = useCodeWorkspace()
  const known = useQueries({
    queries: names.map((workflow) => {
      const input = { params: { project: PROJECT, workflow }, query: { workspace } }
      return {
        queryKey: keyOf(workflowRoutes.get, input),
        queryFn: () => call(workflowRoutes.get, input),
        staleTime: STALE_MS,
      }
    }),
    combine: (answers) => ({
      found: answers.map((answer): Workflow | null => answer.data ?? null),
      failed: answers.map((answer) => answer.isError),
    }),
  })
  const value = useMemo<Children>(() => {
    const found = known.found.filter((one) => one !== null)
    return {
      outputs: new Map(found.map((one) => [one.name, Object.keys(one.definition.outputs ?? {})])),
      params: new Map(found.map((one) => [one.name, one.definition.params ?? {}])),
      missing: new Set(names.filter((_, i) => known.failed[i] === true)),
    }
  }, [known, names])
  return createElement(Known.Provider, { value }, children)
}

/** Names of the workflows that steps run, each once; those that an expression computes are not known. */
export function childrenOf(definition: Json | undefined): string[] {
  const names = Object.values(mapOf(mapOf(definition)['steps'])).map((step) => textOf(mapOf(step)['workflow']))
  return [...new Set(names)].filter((name) => /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)).toSorted()
}
