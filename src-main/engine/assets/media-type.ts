import { lookup } from 'mrmime'

/** What people in labs keep as text, and the general table does not know, or knows as something else (`ts`: video). */
const TEXT = new Set([
  'log',
  'py',
  'r',
  'jl',
  'sh',
  'sql',
  'toml',
  'tsx',
  'ts',
  'tex',
  'bib',
  'dat',
  'bed',
  'vcf',
  'fasta',
  'fa',
  'fastq',
  'fq',
])

/** Media type of a file, guessed from its name; null for what is unknown. Text is UTF-8 as far as one can tell. */
export function mediaTypeOf(path: string): string | null {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase()
  const extension = name.slice(name.lastIndexOf('.') + 1)
  if (extension === name) return null
  const type = TEXT.has(extension) ? 'text/plain' : lookup(extension)
  if (type === undefined) return null
  return type.startsWith('text/') || type === 'application/json' ? `${type}; charset=utf-8` : type
}
