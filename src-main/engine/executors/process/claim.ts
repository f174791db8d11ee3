import { readFileSync } from 'node:fs'
import { mkdir, open, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { errnoOf } from '../failure.ts'
import type { ExecutionFolder } from '../folder.ts'
import { bootId, type ProcessIdentity } from './identity.ts'
import { allPids, sendSignal } from './sessions.ts'

const REVOKED = 'revoked'
/** A launcher writes its claim within microseconds; one that was stopped may not. In ms. */
const CLAIM_PATIENCE_MS = 5000
const CLAIM_LOOK_MS = 10

/** What the claim of an execution says. `torn`: it was created, but is not (yet) complete. */
export type Claim =
  | { readonly kind: 'none' | 'torn' | 'revoked' }
  | { readonly kind: 'held'; readonly holder: ProcessIdentity }

export async function readClaim(folder: ExecutionFolder): Promise<Claim> {
  let text: string
  try {
    text = await readFile(folder.claim, 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return { kind: 'none' }
    throw error
  }
  if (text === `${REVOKED}\n`) return { kind: 'revoked' }
  const [, pid, start, boot] = /^(\d+) (\S+) (\S+)\n$/.exec(text) ?? []
  if (pid === undefined || start === undefined || boot === undefined) return { kind: 'torn' }
  return { kind: 'held', holder: { pid: Number(pid), start, boot } }
}

/**
 * Takes the claim so that nobody can start the job any more. False when it was taken before. After a power cut the
 * claim may be gone or torn; then no launcher lives either, so it does not matter.
 */
export async function revoke(folder: ExecutionFolder): Promise<boolean> {
  try {
    await mkdir(folder.root, { recursive: true, mode: 0o700 })
    const claim = await open(folder.claim, 'wx', 0o600)
    try {
      await claim.writeFile(`${REVOKED}\n`)
    } finally {
      await claim.close()
    }
    return true
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false
    throw error
  }
}

/**
 * A claim that is created but empty belongs to a launcher that is about to write into it, or to a power cut. Waits for
 * the former; one that does not come to it is killed, so that it cannot start the job when it is thought lost.
 */
export async function settledClaim(folder: ExecutionFolder): Promise<Claim> {
  const deadline = performance.now() + CLAIM_PATIENCE_MS
  for (;;) {
    const claim = await readClaim(folder)
    if (claim.kind !== 'torn') return claim
    const launchers = process.platform === 'linux' ? allPids().filter((pid) => isLauncherOf(pid, folder.claim)) : []
    if (launchers.length === 0) return readClaim(folder)
    if (performance.now() > deadline) for (const pid of launchers) sendSignal(pid, 'SIGKILL')
    await sleep(CLAIM_LOOK_MS)
  }
}

function isLauncherOf(pid: number, claim: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(claim)
  } catch {
    // Gone meanwhile.
    return false
  }
}

export const isOfThisBoot = (holder: ProcessIdentity): boolean => holder.boot === bootId()
