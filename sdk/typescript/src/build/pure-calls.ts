import type ts from 'typescript'
import type { Typescript } from './types.ts'

const PACKAGE = 'weir-sdk'
/** What they make has no effect on its own. */
const MAKERS: ReadonlySet<string> = new Set(['task', 'workflow', 'target'])
const PURE = '/* @__PURE__ */ '

/**
 * Tells the bundler that making a target has no effects, so that one that is not used is left out: marks the calls of
 * `task`, `workflow` and `target` with which constants at the top of a file are made.
 */
export function markPure(compiler: Typescript, path: string, text: string): string {
  if (!text.includes(PACKAGE)) return text
  const file = compiler.createSourceFile(path, text, compiler.ScriptTarget.Latest, false, kindOf(compiler, path))
  const names = importedNames(compiler, file)
  const places: number[] = []
  for (const statement of file.statements) {
    if (!compiler.isVariableStatement(statement)) continue
    for (const { initializer } of statement.declarationList.declarations) {
      const call = initializer === undefined ? null : bareCall(compiler, initializer)
      if (call !== null && isMaker(compiler, call.expression, names)) places.push(call.getStart(file))
    }
  }
  return places.reduceRight((marked, at) => marked.slice(0, at) + PURE + marked.slice(at), text)
}

const kindOf = (compiler: Typescript, path: string): ts.ScriptKind =>
  path.endsWith('x') ? compiler.ScriptKind.TSX : compiler.ScriptKind.TS

/** Local names of the package's exports, and of the package as a whole (with the value `*`). */
function importedNames(compiler: Typescript, file: ts.SourceFile): Map<string, string> {
  const names = new Map<string, string>()
  for (const statement of file.statements) {
    if (!compiler.isImportDeclaration(statement)) continue
    const { moduleSpecifier, importClause } = statement
    if (!compiler.isStringLiteral(moduleSpecifier) || moduleSpecifier.text !== PACKAGE) continue
    const bindings = importClause?.namedBindings
    if (bindings === undefined) continue
    if (compiler.isNamespaceImport(bindings)) names.set(bindings.name.text, '*')
    else for (const { name, propertyName } of bindings.elements) names.set(name.text, (propertyName ?? name).text)
  }
  return names
}

/** The call that an expression is, without what only the compiler sees. */
function bareCall(compiler: Typescript, node: ts.Expression): ts.CallExpression | null {
  if (compiler.isCallExpression(node)) return node
  const isWrapped = compiler.isAsExpression(node) || compiler.isSatisfiesExpression(node)
  return isWrapped || compiler.isParenthesizedExpression(node) ? bareCall(compiler, node.expression) : null
}

function isMaker(compiler: Typescript, callee: ts.Expression, names: ReadonlyMap<string, string>): boolean {
  if (compiler.isIdentifier(callee)) return MAKERS.has(names.get(callee.text) ?? '')
  if (!compiler.isPropertyAccessExpression(callee) || !compiler.isIdentifier(callee.expression)) return false
  return names.get(callee.expression.text) === '*' && MAKERS.has(callee.name.text)
}
