import type { Check } from '../check.ts'

/** The oldest runtime that Weir is tested with. */
const FLOOR = { major: 20, minor: 18 }

export const node: Check = {
  id: 'node',
  title: 'Runtime',
  check: () => judge(process.versions.node, `${process.platform} ${process.arch}`),
}

export function judge(version: string, machine: string): ReturnType<Check['check']> {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isSupported = major > FLOOR.major || (major === FLOOR.major && minor >= FLOOR.minor)
  if (isSupported) return { status: 'ok', detail: `Node ${version} on ${machine}.` }
  return {
    status: 'error',
    detail: `Node ${version} is older than ${FLOOR.major}.${FLOOR.minor}, which Weir needs.`,
    fix: 'Install a current Node (https://nodejs.org), and start the engine again.',
  }
}
