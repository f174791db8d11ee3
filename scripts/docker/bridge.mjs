import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { findProgram } from './packages.mjs'

const run = promisify(execFile)

/**
 * A network bridge for one test engine. Two engines must not share `docker0`: both would hand out the same addresses.
 * The names come from a small pool, so that firewall rules which an engine leaves behind are used again, not piled up.
 */
const POOL_SIZE = 10
const nameOf = (slot) => `weirbr${slot}`
const addressOf = (slot) => `172.31.${240 + slot}.1/24`

const ownerAlive = (name) => {
  try {
    const pid = Number(readFileSync(`/sys/class/net/${name}/ifalias`, 'utf8').trim())
    process.kill(pid, 0)
    return true
  } catch {
    // No such bridge, no owner written on it, or the owner is gone: in each case nobody uses it.
    return false
  }
}

/** Makes a bridge that carries the id of its owner; null when this machine cannot (no `ip`, or the pool is used up). */
export const createBridge = async (ownerPid) => {
  const ip = findProgram('ip')
  if (ip === null) return null
  for (let slot = 0; slot < POOL_SIZE; slot++) {
    const name = nameOf(slot)
    if (ownerAlive(name)) continue
    try {
      await removeBridge(name)
      await run(ip, ['link', 'add', 'name', name, 'type', 'bridge'])
      await run(ip, ['link', 'set', name, 'alias', String(ownerPid)])
      await run(ip, ['addr', 'add', addressOf(slot), 'dev', name])
      await run(ip, ['link', 'set', name, 'up'])
      return name
    } catch {
      // Another process took this slot between the look and the step: the next one is tried.
    }
  }
  return null
}

/** Writes a new owner on a bridge: the engine itself, once it runs. */
export const setBridgeOwner = async (name, ownerPid) => {
  const ip = findProgram('ip')
  if (ip !== null) await run(ip, ['link', 'set', name, 'alias', String(ownerPid)])
}

export const removeBridge = async (name) => {
  const ip = findProgram('ip')
  if (ip === null) return
  try {
    await run(ip, ['link', 'delete', name])
  } catch {
    // It is gone already.
  }
}
