import type { Definition, Step } from '../../../src-shared/contract/index.ts'
import type { ReadFault, Scope } from './check-reads.ts'
import { compile, ExpressionSyntaxError, type Program } from './expression.ts'
import { parseTemplate, TemplateError } from './template.ts'

/*
 * Only an input puts files into the working folder and becomes their path there. Any other way into a command leaves
 * the JSON of a list of files, of which no program finds a file: said here, because a run would show it much later.
 */

/** Fields of a step, and of the workflow, that are texts for a program. */
const FIELDS_WITH_PATHS: ReadonlySet<string> = new Set(['`run`', '`env`', '`image`', '`workdir`', "the workflow's env"])

/** Whether an expression puts an asset as JSON where a path was meant; null when it does not, or is not known to. */
export function assetFault(program: Program, scope: Scope, definition: Definition): ReadFault | null {
  if (!FIELDS_WITH_PATHS.has(scope.field)) return null
  const what = assetOf(program, scope.step?.definition ?? null, definition)
  if (what === null) return null
  const text = program.text.trim()
  const name = inputName(text)
  const fix =
    scope.step === null
      ? `Take it out, and give the steps that need it an input of their own: \`inputs: {${name}: "\${{ ${text} }}"}\`.`
      : `Add the input \`${name}: \${{ ${text} }}\` to \`${scope.step.name}\` and write \`\${{ inputs.${name} }}\` here. For its JSON write \`json(${text})\`.`
  return {
    code: 'asset_as_text',
    message: `\`${text}\` is ${what}: it becomes a path only as an input, and here it would be JSON`,
    fix,
  }
}

/** What an asset is called in a message; null for everything else. */
function assetOf(program: Program, step: Step | null, definition: Definition): string | null {
  const [read] = program.reads
  const { ast } = program.parsed
  const isWhole = read !== undefined && program.reads.length === 1 && !read.computed && ast.start === read.start
  if (!isWhole || !['.', '[]', 'id'].includes(ast.op) || ast.end !== read.end) return null
  const [name = '', field, output = ''] = read.path
  if (read.root === 'params' && read.path.length === 1) {
    const { type, multiple = false } = definition.params?.[name] ?? {}
    if (type === 'file' && multiple) return 'files'
    return type === 'file' ? 'a file' : type === 'directory' ? 'a folder of files' : null
  }
  if (read.root === 'steps' && field === 'outputs' && read.path.length === 3) {
    const from = definition.steps[name]
    const spec = from?.outputs?.[output]
    if (from === undefined || spec === undefined || !('files' in spec)) return null
    return from.forEach === undefined ? 'files' : 'a list of files'
  }
  return read.root === 'item' && read.path.length === 0 && step !== null && goesOverFiles(step, definition)
    ? 'a file'
    : null
}

/** Whether the items of a fan-out are the files of one asset, or the assets of another fan-out. */
function goesOverFiles(step: Step, definition: Definition): boolean {
  const { forEach } = step
  const items = typeof forEach === 'object' && !Array.isArray(forEach) ? forEach.items : forEach
  if (typeof items !== 'string') return false
  try {
    const { single } = parseTemplate(items)
    return single !== null && assetOf(compile(single.text), null, definition) !== null
  } catch (error) {
    // What is wrong with `forEach` is said at its own place.
    if (error instanceof TemplateError || error instanceof ExpressionSyntaxError) return false
    throw error
  }
}

/** `steps.make.outputs.list` → `list` */
const inputName = (text: string): string => (text === 'item' ? null : /(\w+)\W*$/.exec(text)?.[1]) ?? 'file'
