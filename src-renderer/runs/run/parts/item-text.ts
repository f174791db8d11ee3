import { isAsset, type Json } from '../../../../src-shared/contract/index.ts'

const LONGEST = 120

/** An item of a fan-out in one line: of a file its path, of a text the text. */
export function itemInOneLine(item: Json): string {
  const text = textOf(item)
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

function textOf(item: Json): string {
  if (typeof item === 'string') return item
  if (isAsset(item)) return item.files.map(({ path }) => path).join(', ')
  if (item !== null && typeof item === 'object' && !Array.isArray(item) && typeof item['path'] === 'string') {
    return item['path']
  }
  return JSON.stringify(item)
}
