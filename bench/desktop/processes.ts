import { readdirSync, readFileSync } from 'node:fs'

/** All processes below one, itself included: an Electron is several. Linux. */
export function familyOf(root: number): number[] {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const stat = read(`/proc/${name}/stat`)
    if (stat !== null) parents.set(Number(name), Number(fieldsOf(stat)[1]))
  }
  const family = [root]
  for (const member of family) for (const [pid, parent] of parents) if (parent === member) family.push(pid)
  return family
}

/** CPU time of these processes until now, in ms. */
export const cpuMsOf = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => {
    const stat = read(`/proc/${pid}/stat`)
    if (stat === null) return sum
    const fields = fieldsOf(stat)
    return sum + (Number(fields[11]) + Number(fields[12])) * 10
  }, 0)

/** Memory that is theirs, in MB: pages that several share count by share. */
export const memoryOf = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => {
    const rollup = read(`/proc/${pid}/smaps_rollup`)
    return sum + Number(/^Pss:\s+(\d+)/m.exec(rollup ?? '')?.[1] ?? 0) / 1024
  }, 0)

/** From the state on: the name of the program before it may hold spaces. */
const fieldsOf = (stat: string): string[] => stat.slice(stat.lastIndexOf(')') + 2).split(' ')

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null // ended meanwhile
  }
}
