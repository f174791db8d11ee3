/** Longest name of a workflow. */
const LONGEST = 63

/** The name that was meant: `sum numbers (2)` → `sum-numbers-2`. Empty when nothing of it can stand in a name. */
export function workflowNameOf(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, LONGEST)
    .replace(/[-.]+$/, '')
}
