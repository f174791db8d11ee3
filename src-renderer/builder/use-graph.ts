import { useMemo, useRef } from 'react'
import type { DefinitionProblem, Json, Param } from '../../src-shared/contract/index.ts'
import type { NodeMark } from '../graph/contexts.ts'
import { type ChildParams, type Graph, graphOf, type PortType, withShared } from '../graph/index.ts'
import { useDocument } from './document-context.tsx'
import { useChildren } from './inspector/children.ts'
import { useTargetInputs } from './inspector/targets.ts'

const EMPTY: Graph = { nodes: [], edges: [] }

/** The picture of the open definition; what did not change keeps its identity. */
export function useGraph(): Graph {
  const definition = useDocument((state) => state.definition)
  const children = useChildParams(definition)
  const before = useRef(EMPTY)
  before.current = useMemo(() => withShared(before.current, graphOf(definition, { children })), [definition, children])
  return before.current
}

/** What the workflows and targets take that steps name. */
function useChildParams(definition: Json | undefined): ChildParams {
  const { params } = useChildren()
  const targets = useTargetInputs(definition)
  return useMemo(
    () =>
      new Map([
        ...[...params].map(([name, table]): [string, Record<string, PortType>] => [name, typesOf(table)]),
        ...[...targets].map(([name, { inputs }]): [string, Record<string, PortType>] => [
          name,
          Object.fromEntries(inputs.map((input) => [input.name, 'any'])),
        ]),
      ]),
    [params, targets],
  )
}

const typesOf = (params: Readonly<Record<string, Param>>): Record<string, PortType> =>
  Object.fromEntries(Object.entries(params).map(([name, param]) => [name, param.type]))

/** Marks at the nodes of steps with problems, with their sentences. */
export function useMarks(): ReadonlyMap<string, NodeMark> {
  const problems = useDocument((state) => state.problems)
  const before = useRef<ReadonlyMap<string, NodeMark>>(new Map())
  before.current = useMemo(() => marksOf(problems, before.current), [problems])
  return before.current
}

export const stepOfProblem = ({ path }: DefinitionProblem): string | null =>
  /^steps\.([A-Za-z]\w*)/.exec(path)?.[1] ?? null

function marksOf(problems: readonly DefinitionProblem[], before: ReadonlyMap<string, NodeMark>): Map<string, NodeMark> {
  const byStep = new Map<string, DefinitionProblem[]>()
  for (const problem of problems) {
    const step = stepOfProblem(problem)
    if (step !== null) byStep.set(step, [...(byStep.get(step) ?? []), problem])
  }
  return new Map([...byStep].map(([step, list]) => [step, markOf(list, before.get(step))]))
}

function markOf(problems: readonly DefinitionProblem[], before: NodeMark | undefined): NodeMark {
  const severity = problems.some((one) => one.severity === 'error') ? 'error' : 'warning'
  const text = problems.map(({ message, fix }) => (fix === undefined ? message : `${message}. ${fix}`)).join('\n')
  return before?.severity === severity && before.text === text ? before : { severity, text }
}
