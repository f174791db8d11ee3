import { relative, sep } from 'node:path'
import type ts from 'typescript'
import type { Fault, Manifest, WireTarget } from '../protocol.ts'
import type { FoundTarget } from '../runner/messages.ts'
import { codeDigests } from './digest.ts'
import { type Signature, signatureOf } from './signature.ts'
import type { Source } from './sources.ts'
import { type TypedProgram, typedProgram } from './types.ts'

/** A module that was loaded, with the targets that it exports. */
export interface Inspected {
  readonly source: Source
  readonly targets: readonly FoundTarget[]
}

export interface Manifests {
  readonly manifests: readonly Manifest[]
  readonly faults: readonly Fault[]
  /** For the next call, which is quicker with it */
  readonly program: ts.Program
}

const NAME = /^[A-Za-z][A-Za-z0-9_]*$/

/** What modules offer: from the loaded code, its types and its comments. */
export async function manifestsOf(
  modules: readonly Inspected[],
  root: string,
  before?: ts.Program,
): Promise<Manifests> {
  const typed = await typedProgram(
    modules.map(({ source }) => source),
    root,
    before,
  )
  const own = modules.map((module) => ownTargets(typed, module, modules))
  const digests = await codeDigests(
    own.map(({ source, targets }) => ({ source, names: targets.map(({ name }) => name) })),
    root,
    typed.ts,
  )
  const manifests = own.map(({ source, targets, symbols }): Manifest => {
    const described = targets.map((target) => {
      const symbol = symbols.get(target.name)
      const signature = symbol === undefined ? null : signatureOf(typed, symbol)
      return targetOf(source, target, signature, digests.get(`${source.module}/${target.name}`) ?? null, root)
    })
    described.sort((one, other) => (one.source?.line ?? 0) - (other.source?.line ?? 0))
    const description = descriptionOf(typed, source)
    return {
      module: source.module,
      language: 'typescript',
      ...(description === null ? {} : { description }),
      targets: described,
    }
  })
  return { manifests, faults: modules.flatMap(faultsOf), program: typed.program }
}

interface Own extends Inspected {
  readonly symbols: ReadonlyMap<string, ts.Symbol>
}

/** Leaves out what the module only passes on from another module that is hosted: there it has its name. */
function ownTargets(
  { program, checker, ts: compiler }: TypedProgram,
  module: Inspected,
  all: readonly Inspected[],
): Own {
  const file = program.getSourceFile(module.source.file)
  const exported = file === undefined ? undefined : checker.getSymbolAtLocation(file)
  const symbols = new Map<string, ts.Symbol>()
  for (const symbol of exported === undefined ? [] : checker.getExportsOfModule(exported)) {
    const isAlias = (symbol.flags & compiler.SymbolFlags.Alias) !== 0
    symbols.set(symbol.name, isAlias ? checker.getAliasedSymbol(symbol) : symbol)
  }
  const others = new Set(
    all.filter((other) => other !== module).map(({ source }) => program.getSourceFile(source.file)),
  )
  const targets = module.targets.filter(({ name }) => {
    const origin = symbols.get(name)?.declarations?.[0]?.getSourceFile()
    return NAME.test(name) && name !== 'default' && (origin === undefined || !others.has(origin))
  })
  return { source: module.source, targets, symbols }
}

function targetOf(
  source: Source,
  { name, kind, options }: FoundTarget,
  signature: Signature | null,
  code: string | null,
  root: string,
): WireTarget {
  const file = relative(root, source.file).split(sep).join('/')
  return {
    name,
    kind,
    ...(signature === null || signature.description === null ? {} : { description: signature.description }),
    parameters: signature?.parameters ?? [],
    ...(signature === null || signature.result === null ? {} : { result: signature.result }),
    ...(signature === null ? {} : { source: { file, line: signature.line } }),
    code,
    options,
  }
}

function faultsOf({ source, targets }: Inspected): Fault[] {
  return targets
    .filter(({ name }) => name === 'default' || !NAME.test(name))
    .map(({ name, kind }) => ({
      module: source.module,
      message: `The ${kind} that is exported as "${name}" needs a name of letters, digits and "_": export const NAME = ${kind}(…).`,
    }))
}

/** The comment at the top of the file, when it is not that of the first declaration. */
function descriptionOf({ program, ts: compiler }: TypedProgram, source: Source): string | null {
  const file = program.getSourceFile(source.file)
  const first = file?.statements[0]
  if (file === undefined || first === undefined) return null
  const [range] = compiler.getLeadingCommentRanges(file.text, first.getFullStart()) ?? []
  if (range === undefined || !file.text.startsWith('/**', range.pos)) return null
  const isOfModule =
    compiler.isImportDeclaration(first) || /^\s*\n\s*\n/.test(file.text.slice(range.end, first.getStart(file)))
  if (!isOfModule) return null
  const lines = file.text
    .slice(range.pos + 3, range.end - 2)
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
  return lines.join('\n').trim() || null
}
