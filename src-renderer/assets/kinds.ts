/** How a file is shown, by its name. `unknown`: its first bytes tell whether it is text. */
export type Kind = 'image' | 'json' | 'table' | 'html' | 'pdf' | 'text' | 'unknown'

const KINDS: Readonly<Record<Exclude<Kind, 'unknown'>, string>> = {
  image: 'png jpg jpeg gif webp avif svg bmp ico apng',
  json: 'json geojson ipynb',
  table: 'csv tsv',
  html: 'html htm xhtml',
  pdf: 'pdf',
  text: 'txt log md markdown yaml yml toml ini cfg conf env xml py r jl js mjs cjs ts tsx jsx css sh bash sql tex bib rst c h cpp hpp rs go java kt rb lua jsonl ndjson dat bed vcf fasta fa fastq fq diff patch lock dockerfile makefile',
}

const kindByExtension = new Map<string, Kind>()
for (const [kind, extensions] of Object.entries(KINDS)) {
  for (const extension of extensions.split(' ')) kindByExtension.set(extension, kind as Kind)
}

export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

export function kindOf(path: string): Kind {
  const name = nameOf(path).toLowerCase()
  return kindByExtension.get(name.slice(name.lastIndexOf('.') + 1)) ?? 'unknown'
}

/** Whether these first bytes of a file can be text: UTF-8 (but for a character cut at the end) without NUL bytes. */
export function looksLikeText(bytes: Uint8Array): boolean {
  if (bytes.includes(0)) return false
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false // not UTF-8: what was asked
  }
}
