import type { Finding, Version } from '../../src-shared/contract/index.ts'

const ORDER: readonly Finding['status'][] = ['error', 'warning', 'absent', 'ok']

/** What needs a person first; among equals as the engine said it. */
export const worstFirst = (findings: readonly Finding[]): Finding[] =>
  [...findings].sort((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status))

/** All findings as text, for a message to whoever looks after the machine. */
export function reportOf(findings: readonly Finding[], version: Version | null): string {
  const head = version === null ? 'Weir' : `Weir ${version.version} on ${version.platform}, Node ${version.node}`
  const lines = findings.flatMap(({ status, title, detail, fix }) => [
    `[${status}] ${title}: ${detail}`,
    ...(fix === undefined || status === 'ok' ? [] : [`    ${fix}`]),
  ])
  return [head, ...lines].join('\n')
}
