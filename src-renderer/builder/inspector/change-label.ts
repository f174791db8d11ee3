import type { Path } from '../../../src-shared/definition/index.ts'
import { labelOf } from './schema-text.ts'

/** Tables whose entries have names of their own. */
const TABLES: ReadonlySet<string> = new Set(['inputs', 'outputs', 'env', 'params', 'form'])

/** What a change is called for undo: "Change timeout of fit", "Change input rate of fit", "Change default of year". */
export function changeLabel(path: Path, verb = 'Change'): string {
  const [top, name, ...rest] = path.map(String)
  if (top === undefined) return `${verb} the workflow`
  const isNamed = (top === 'steps' || top === 'params') && name !== undefined
  const owner = isNamed ? ` of ${name}` : ''
  const fields = isNamed ? rest : [top, ...(name === undefined ? [] : [name]), ...rest]
  if (fields.length === 0) return `${verb} ${name ?? top}`
  return `${verb} ${wordsOf(fields)}${owner}`
}

function wordsOf(fields: readonly string[]): string {
  const table = fields.findLastIndex((field, i) => TABLES.has(field) && i + 1 < fields.length)
  if (table >= 0) {
    const one = fields[table] === 'form' ? 'field' : fields[table] === 'env' ? 'variable' : fields[table]?.slice(0, -1)
    const inner = fields.slice(table + 2).filter((field) => !/^\d+$/.test(field))
    const entry = `${one} ${fields[table + 1]}`
    return inner.length === 0 || table + 2 >= fields.length ? entry : `${inner.map(small).join(' ')} of ${entry}`
  }
  return fields
    .filter((field) => !/^\d+$/.test(field))
    .map(small)
    .join(' ')
}

const small = (key: string): string => labelOf(key).toLowerCase()
