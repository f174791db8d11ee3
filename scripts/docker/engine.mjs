import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir, userInfo } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { answers } from './api.mjs'
import { startDaemon, stopDaemon } from './daemon.mjs'
import { findProgram, installCommand, installPackages, isDebian, isRoot } from './packages.mjs'

/** Programs that an engine of our own needs, and the Debian packages that hold them. */
const NEEDED = { dockerd: 'docker.io', iptables: 'iptables' }

/** Where `up` notes the engine that it left running. */
const stateFile = () => path.join(tmpdir(), `weir-docker-${userInfo().uid}`, 'engine.json')

/** The engine that `up` left running, or null. */
export const keptDaemon = () => (existsSync(stateFile()) ? JSON.parse(readFileSync(stateFile(), 'utf8')) : null)

const candidates = () => {
  if (process.env.DOCKER_HOST) return [process.env.DOCKER_HOST]
  const hosts = ['unix:///var/run/docker.sock', `unix://${homedir()}/.docker/run/docker.sock`]
  const kept = keptDaemon()
  return kept === null ? hosts : [...hosts, kept.host]
}

/** The first engine that answers: DOCKER_HOST (then only that), the usual sockets, the one that `up` started. */
export const findDocker = async () => {
  for (const host of candidates()) {
    if (await answers(host)) return host
  }
  return null
}

const missingPackages = () =>
  Object.entries(NEEDED)
    .filter(([program]) => findProgram(program) === null)
    .map(([, name]) => name)

/** Why no engine can be started here, with the one command that helps; null when one can. */
const whyNot = (own) => {
  if (process.env.DOCKER_HOST && !own) return `no Docker engine answers at DOCKER_HOST=${process.env.DOCKER_HOST}`
  if (process.platform !== 'linux') return 'no Docker engine answers; start Docker Desktop'
  const missing = missingPackages()
  if (isRoot()) {
    if (missing.length === 0 || isDebian()) return null
    return `Docker is not installed; install ${missing.join(' and ')} with the package manager of this system`
  }
  if (missing.length > 0) return `Docker is not installed; run: ${installCommand(missing)}`
  return 'no Docker engine answers; run: sudo systemctl start docker && sudo usermod -aG docker $USER'
}

const watchOver = (daemon) => {
  const script = fileURLToPath(new URL('./watch.mjs', import.meta.url))
  const watcher = spawn(process.execPath, [script, JSON.stringify(daemon)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  watcher.unref()
  watcher.stdin.unref?.()
  return () => watcher.stdin.end()
}

/**
 * Makes sure that a Docker engine answers: one that runs, or else (as root) one of our own.
 *
 * `stop()` ends an engine that was started here, with its containers and its folder; on any other it does nothing. An
 * engine that was started here also ends when this process does, unless `keep` is set.
 * @param {{ keep?: boolean, own?: boolean, network?: 'bridge' | 'none' }} [options] `own` starts one in any case
 */
export const ensureDocker = async (options = {}) => {
  if (options.own !== true) {
    const host = await findDocker()
    if (host !== null) return { host, started: false, stop: async () => {} }
  }
  const reason = whyNot(options.own === true)
  if (reason !== null) return { skipped: reason }
  const missing = missingPackages()
  try {
    if (missing.length > 0) await installPackages(missing)
    const daemon = await startDaemon(options)
    if (options.keep === true) {
      mkdirSync(path.dirname(stateFile()), { recursive: true, mode: 0o700 })
      writeFileSync(stateFile(), JSON.stringify(daemon))
      return { host: daemon.host, started: true, daemon, stop: stopKept }
    }
    const unwatch = watchOver(daemon)
    const stop = async () => {
      await stopDaemon(daemon)
      unwatch()
    }
    return { host: daemon.host, started: true, daemon, stop }
  } catch (error) {
    return { skipped: `Docker cannot be started here: ${error instanceof Error ? error.message : String(error)}` }
  }
}

/** Stops the engine that `up` left running; false when there is none. */
export const stopKept = async () => {
  const daemon = keptDaemon()
  if (daemon === null) return false
  await stopDaemon(daemon)
  rmSync(stateFile(), { force: true })
  return true
}
