import { setTimeout as sleep } from 'node:timers/promises'
import { readStat } from './identity.ts'
import { sendSignal, sessionMembers } from './sessions.ts'

/** How often to look whether all processes have ended, in ms. */
const LOOK_MS = 20
/** How long a launcher may take to record the end of a command whose processes were all killed, in ms. */
const LAUNCHER_PATIENCE_MS = 2000

/** Ends all processes of an execution; they lead a session by the number of their launcher. */
export class Termination {
  readonly #session: number
  /** True while the launcher lives and is known to be ours. Without it the session's other members pin its number. */
  readonly #launcherLives: () => boolean
  #deadline: number
  #done: Promise<void> | null = null
  #stopped = false

  constructor(session: number, launcherLives: () => boolean, graceMs: number) {
    this.#session = session
    this.#launcherLives = launcherLives
    this.#deadline = performance.now() + graceMs
  }

  /** Asks again: the time until force is used can only become shorter. */
  hurry(graceMs: number): void {
    this.#deadline = Math.min(this.#deadline, performance.now() + graceMs)
  }

  /** Leaves the rest to the next engine. */
  stop(): void {
    this.#stopped = true
  }

  /** Sends TERM at once; resolves when nothing of the session is left. Never rejects. */
  run(): Promise<void> {
    this.#done ??= this.#run()
    return this.#done
  }

  async #run(): Promise<void> {
    if (this.#launcherLives()) {
      // Also to the launcher, which remembers it (see launcher.ts).
      sendSignal(-this.#session, 'SIGTERM')
      for (const pid of this.#members()) {
        const stat = readStat(pid)
        if (stat !== null && stat.group !== this.#session) sendSignal(pid, 'SIGTERM')
      }
    }
    while (performance.now() < this.#deadline) {
      if (this.#isOver()) return
      await sleep(Math.min(LOOK_MS, Math.max(1, this.#deadline - performance.now())))
    }
    let launcherDeadline = Number.POSITIVE_INFINITY
    while (!this.#isOver()) {
      const members = this.#members().filter((pid) => pid !== this.#session)
      for (const pid of members) sendSignal(pid, 'SIGKILL')
      if (members.length === 0) {
        launcherDeadline = Math.min(launcherDeadline, performance.now() + LAUNCHER_PATIENCE_MS)
        if (performance.now() > launcherDeadline && this.#launcherLives()) sendSignal(this.#session, 'SIGKILL')
      }
      await sleep(LOOK_MS)
    }
  }

  #isOver(): boolean {
    if (this.#stopped) return true
    return !this.#launcherLives() && this.#members().length === 0
  }

  #members(): number[] {
    return sessionMembers(this.#session)
  }
}
