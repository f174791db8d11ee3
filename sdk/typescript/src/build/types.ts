import { dirname } from 'node:path'
import type ts from 'typescript'
import { SDK_TYPES, TESTING_TYPES } from './package.ts'
import type { Source } from './sources.ts'

/** The compiler is large: it is loaded when a manifest is made, and not before. */
export type Typescript = typeof ts

export interface TypedProgram {
  readonly ts: Typescript
  readonly program: ts.Program
  readonly checker: ts.TypeChecker
}

/**
 * The project as its compiler sees it, with the options of its tsconfig.json where there is one.
 *
 * @param before the program of an earlier call: what has not changed is taken from it
 */
export async function typedProgram(
  sources: readonly Source[],
  root: string,
  before?: ts.Program,
): Promise<TypedProgram> {
  const { default: compiler } = await import('typescript')
  const options: ts.CompilerOptions = {
    module: compiler.ModuleKind.ESNext,
    moduleResolution: compiler.ModuleResolutionKind.Bundler,
    target: compiler.ScriptTarget.ES2023,
    ...projectOptions(compiler, root),
    allowJs: true,
    allowImportingTsExtensions: true,
    noEmit: true,
    skipLibCheck: true,
    strict: true,
  }
  options.paths = { ...options.paths, 'weir-sdk': [SDK_TYPES], 'weir-sdk/testing': [TESTING_TYPES] }
  for (const name of ['incremental', 'composite', 'tsBuildInfoFile', 'outDir', 'rootDir', 'declaration'] as const) {
    delete options[name]
  }
  const names = sources.map(({ file }) => file)
  const program = compiler.createProgram({
    rootNames: names,
    options,
    ...(before === undefined ? {} : { oldProgram: before }),
  })
  return { ts: compiler, program, checker: program.getTypeChecker() }
}

function projectOptions(compiler: Typescript, root: string): ts.CompilerOptions {
  const file = compiler.findConfigFile(root, compiler.sys.fileExists)
  if (file === undefined) return {}
  const { config } = compiler.readConfigFile(file, compiler.sys.readFile) as { config?: unknown }
  // Only options count: which files the project has, the modules say.
  const parsed = compiler.parseJsonConfigFileContent(
    { ...(config as object), files: [], include: [] },
    compiler.sys,
    dirname(file),
  )
  return parsed.options
}
