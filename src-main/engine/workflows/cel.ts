import { type ASTNode, Environment, type ParseResult } from '@marcbachmann/cel-js'
import { resetBudget, spend } from './budget.ts'
import { registerFunctions } from './cel-functions.ts'
import { MAX_EXPRESSION_DEPTH, MAX_EXPRESSION_NODES } from './limits.ts'

/** What an expression can read. */
export const ROOTS = ['params', 'steps', 'run', 'inputs', 'item', 'index'] as const
export type Root = (typeof ROOTS)[number]

const options = {
  homogeneousAggregateLiterals: false,
  limits: { maxAstNodes: MAX_EXPRESSION_NODES, maxDepth: MAX_EXPRESSION_DEPTH },
}

function createBase(): Environment {
  const environment = new Environment(options)
  registerFunctions(environment)
  return environment
}

const base = createBase()

/** Evaluates: everything from outside is dynamic, because its type is known only then. */
export const evaluating = declareRoots(base.clone())

function declareRoots(environment: Environment, params = 'dyn'): Environment {
  for (const root of ROOTS) environment.registerVariable(root, root === 'params' ? params : 'dyn')
  return environment
}

/** Checks types before a run: knows the type of each parameter (`string`, `double`, `bool`, `list`, `map`, `dyn`). */
export function checkingEnvironment(params: Readonly<Record<string, string>>): Environment {
  const environment = base.clone()
  if (Object.keys(params).length === 0) return declareRoots(environment)
  environment.registerType('WeirParams', { fields: { ...params } })
  return declareRoots(environment, 'WeirParams')
}

export const isNode = (value: unknown): value is ASTNode => typeof value === 'object' && value !== null && 'op' in value

/** Functions whose last arguments are evaluated once for each item of a list, with the first as the item's name. */
const LOOPS = new Set(['all', 'exists', 'exists_one', 'map', 'filter'])

/** The loop that a node is: list, name of the variable, and what is evaluated for each item. */
export function loopOf(node: ASTNode): { list: ASTNode; variable: string; bodies: readonly ASTNode[] } | null {
  if (node.op !== 'rcall') return null
  const [name, list, args] = node.args
  const [variable, ...bodies] = args
  if (!LOOPS.has(name) || variable?.op !== 'id' || bodies.length === 0) return null
  return { list, variable: variable.args, bodies }
}

/** Nodes right below a node. */
export function childrenOf(node: ASTNode): ASTNode[] {
  const found: ASTNode[] = []
  const collect = (value: unknown): void => {
    if (isNode(value)) found.push(value)
    else if (Array.isArray(value)) value.forEach(collect)
  }
  collect(node.args)
  return found
}

/** What the library's nodes can do beyond their published types. */
interface Hooks {
  readonly meta: { evaluate: (...values: unknown[]) => unknown }
  setMeta(key: string, value: unknown): void
}

/** Counts the rounds of a loop's body, so that loops inside loops cannot stop the engine. */
function countRounds(body: ASTNode): void {
  const hooks = body as unknown as Hooks
  const original = hooks.meta.evaluate
  hooks.setMeta('evaluate', (...values: unknown[]) => {
    spend(1)
    return original(...values)
  })
}

/** Prepares a parsed expression: safe regular expressions, bounded loops. Depth is bounded by the parser. */
function prepare(node: ASTNode): void {
  if (node.op === 'rcall' && node.args[0] === 'matches') node.args[0] = 'matchesPattern'
  for (const body of loopOf(node)?.bodies ?? []) countRounds(body)
  for (const child of childrenOf(node)) prepare(child)
}

/**
 * Parses an expression for an environment.
 * @throws ParseError of the library, with the range of the fault
 */
export function parseIn(environment: Environment, text: string): ParseResult {
  const parsed = environment.parse(text)
  prepare(parsed.ast)
  return parsed
}

/** Runs a parsed expression with a fresh allowance of rounds. */
export function runParsed(parsed: ParseResult, context: object): unknown {
  resetBudget()
  return parsed(context)
}
