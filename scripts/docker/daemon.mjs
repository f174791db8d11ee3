import { execFile, spawn } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { answers, callDocker } from './api.mjs'
import { createBridge, removeBridge, setBridgeOwner } from './bridge.mjs'
import { findProgram } from './packages.mjs'

const run = promisify(execFile)

const START_TIMEOUT_MS = 60_000
const STOP_TIMEOUT_MS = 20_000
const POLL_MS = 50
const LOG_TAIL_BYTES = 2_000

/**
 * A Docker engine of our own, in a folder of its own:
 *
 *   <dir>/docker.sock   where it answers          <dir>/data   images and containers     <dir>/exec  its runtime state
 *   <dir>/dockerd.log   what it says              <dir>/docker.pid
 *
 * It starts its own containerd, in namespaces of its own, so that it never meets an engine that runs already.
 * @typedef {{ host: string, pid: number, dir: string, bridge: string | null }} Daemon
 */

const alive = (pid) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    // ESRCH: there is no such process.
    return false
  }
}

const logTail = (dir) => {
  const file = path.join(dir, 'dockerd.log')
  return existsSync(file) ? readFileSync(file, 'utf8').slice(-LOG_TAIL_BYTES) : ''
}

const until = async (holds, timeoutMs) => {
  const deadline = Date.now() + timeoutMs
  while (Date.now() < deadline) {
    if (await holds()) return true
    await delay(POLL_MS)
  }
  return false
}

const launch = (dir, bridge) => {
  const id = path.basename(dir).replace(/[^A-Za-z0-9-]/g, '')
  const network = bridge === null ? ['--bridge', 'none', '--iptables=false'] : ['--bridge', bridge]
  const folders = ['--data-root', `${dir}/data`, '--exec-root', `${dir}/exec`, '--pidfile', `${dir}/docker.pid`]
  const namespaces = ['--containerd-namespace', id, '--containerd-plugins-namespace', `${id}-plugins`]
  const log = openSync(path.join(dir, 'dockerd.log'), 'a')
  const program = findProgram('dockerd') ?? 'dockerd'
  // Its shutdown timeout is short: what runs in a test engine is not worth waiting for.
  const child = spawn(
    program,
    ['--host', `unix://${dir}/docker.sock`, ...folders, ...namespaces, ...network, '--shutdown-timeout', '2'],
    { detached: true, stdio: ['ignore', log, log] },
  )
  closeSync(log)
  child.unref()
  return child
}

/**
 * Starts dockerd and waits until it answers. Give the folder of a stopped one to start it again with its containers.
 * @param {{ network?: 'bridge' | 'none', dir?: string }} [options]
 * @returns {Promise<Daemon>}
 */
export const startDaemon = async (options = {}) => {
  const dir = options.dir ?? mkdtempSync(path.join(tmpdir(), 'weird-'))
  if (options.dir !== undefined) await clearAfterCrash(dir)
  const bridge = options.network === 'none' ? null : await createBridge(process.pid)
  const child = launch(dir, bridge)
  const ended = { error: null }
  child.once('error', (error) => {
    ended.error = error
  })
  const host = `unix://${dir}/docker.sock`
  const up = await until(
    async () => ended.error !== null || child.exitCode !== null || (await answers(host)),
    START_TIMEOUT_MS,
  )
  const daemon = { host, pid: child.pid ?? -1, dir, bridge }
  if (!up || ended.error !== null || child.exitCode !== null) {
    const reason = ended.error?.message ?? logTail(dir)
    await stopDaemon(daemon)
    throw new Error(`dockerd did not start. The end of its log:\n${reason}`)
  }
  if (bridge !== null) await setBridgeOwner(bridge, daemon.pid)
  return daemon
}

/** Stops dockerd but keeps its folder, as a reboot or an update does. Its containers end. */
export const haltDaemon = async (daemon, signal = 'SIGTERM') => {
  if (daemon.pid <= 0 || !alive(daemon.pid)) return
  process.kill(daemon.pid, signal)
  if (await until(() => !alive(daemon.pid), STOP_TIMEOUT_MS)) return
  process.kill(daemon.pid, 'SIGKILL')
  await until(() => !alive(daemon.pid), STOP_TIMEOUT_MS)
}

const removeContainers = async (host) => {
  if (!(await answers(host))) return
  const listed = await callDocker(host, 'GET', '/containers/json?all=1')
  const containers = JSON.parse(listed.text)
  await Promise.all(containers.map(({ Id }) => callDocker(host, 'DELETE', `/containers/${Id}?force=1&v=1`)))
}

const stopContainerd = async (dir) => {
  const file = path.join(dir, 'exec/containerd/containerd.pid')
  if (!existsSync(file)) return
  const pid = Number(readFileSync(file, 'utf8').trim())
  // The number may have gone to another process since: only one that was started on this folder is ours.
  const commandLine = existsSync(`/proc/${pid}/cmdline`) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : ''
  if (!commandLine.includes(dir)) return
  process.kill(pid, 'SIGKILL')
  await until(() => !alive(pid), STOP_TIMEOUT_MS)
}

/** A dockerd that was killed leaves a containerd, or the socket of one, that the next dockerd cannot use. */
const clearAfterCrash = async (dir) => {
  await stopContainerd(dir)
  rmSync(path.join(dir, 'exec/containerd'), { recursive: true, force: true })
  rmSync(path.join(dir, 'docker.pid'), { force: true })
}

const unmountBelow = async (dir) => {
  const mounts = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
  for (const mount of mounts.filter((mount) => mount.startsWith(`${dir}/`)).reverse()) {
    await run('umount', ['-l', mount])
  }
}

/**
 * Stops dockerd with its containers and removes its folder and bridge. Safe to call twice, and for one that died.
 * @param {Daemon} daemon
 */
export const stopDaemon = async (daemon) => {
  try {
    await removeContainers(daemon.host)
  } catch {
    // It stopped answering meanwhile: its containers end with it below.
  }
  await haltDaemon(daemon)
  await stopContainerd(daemon.dir)
  await unmountBelow(daemon.dir)
  if (daemon.bridge !== null) await removeBridge(daemon.bridge)
  rmSync(daemon.dir, { recursive: true, force: true, maxRetries: 3 })
}
