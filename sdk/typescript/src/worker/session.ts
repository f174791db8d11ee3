import { randomBytes } from 'node:crypto'
import type { EngineAddress } from '../engine/address.ts'
import {
  type AnswerMessage,
  CLOSE,
  type EndMessage,
  type EngineMessage,
  type Execute,
  type Fault,
  HEARTBEAT_MS,
  type Hello,
  type NewsMessage,
  PROTOCOL,
  type RequestMessage,
  type WorkerMessage,
} from '../protocol.ts'
import type { Uplink } from './execution.ts'
import type { Declared, Hosted } from './hosted.ts'
import { Link } from './link.ts'

/** News that are said again after each break, whether they were sent or not. */
const KEPT: ReadonlySet<NewsMessage['type']> = new Set(['asset', 'log', 'metric'])
const FIRST_WAIT_MS = 200
const LONGEST_WAIT_MS = 5000
/** So often within so long the engine may end the connection for what it does not understand, before the worker gives up. */
const MOST_MALFORMED = 3
const MALFORMED_MS = 60_000
const MALFORMED_FIX = 'If the code gives nothing odd to the SDK, install the SDK that came with the engine.'

export type Introduction = Omit<Hello, 'type' | 'protocol' | 'session' | 'manifests' | 'earlier' | 'executions'>

export interface SessionEvents {
  readonly onExecute: (job: Execute) => void
  readonly onAbort: (token: string, reason: string) => void
  readonly onLogged: (token: string, bytes: number, values: number) => void
  /** What ended is on disk, or nobody wants it */
  readonly onForgotten: (token: string) => void
  /** What is logged and has no answer is to be said again */
  readonly onBack: () => void
  readonly onWelcome: (worker: string, project: string) => void
  readonly onDrain: () => void
  /** It hosts versions of which the engine has not been told */
  readonly onVersions: () => void
  readonly onTrouble: (text: string) => void
  /** It cannot go on */
  readonly onFatal: (text: string) => void
}

/**
 * The worker as the engine knows it, across connections: what ends is held until it is recorded, what is asked until it is
 * answered, and both are said again after the connection was made anew.
 */
export class Session implements Uplink {
  private readonly secret = randomBytes(32).toString('hex')
  private readonly address: () => EngineAddress
  private readonly project: string
  private readonly introduction: () => Introduction
  private readonly hosted: Hosted
  private readonly running: () => string[]
  private readonly events: SessionEvents

  private link: Link | null = null
  private isWelcome = false
  private isClosed = false
  private pauseMs = FIRST_WAIT_MS
  private retry: NodeJS.Timeout | null = null
  /** When it was told so, in ms of performance.now() */
  private malformed: number[] = []
  /** Executions whose ending was not understood, and is a failure since */
  private readonly garbled = new Set<string>()
  private nextId = 1
  /** What had to wait for a connection */
  private waiting: NewsMessage[] = []
  private readonly ends = new Map<string, EndMessage>()
  private readonly assets = new Map<string, NewsMessage[]>()
  private readonly requests = new Map<number, { message: RequestMessage; answer: (message: AnswerMessage) => void }>()
  private readonly declarations = new Map<number, Declared>()
  private helloDeclared: Declared = new Map()
  /** Earlier versions that the engine was told of last */
  private told: Record<string, number[]> = {}
  private readonly heart: NodeJS.Timeout

  constructor(parts: {
    address: () => EngineAddress
    project: string
    introduction: () => Introduction
    hosted: Hosted
    running: () => string[]
    events: SessionEvents
  }) {
    this.address = parts.address
    this.project = parts.project
    this.introduction = parts.introduction
    this.hosted = parts.hosted
    this.running = parts.running
    this.events = parts.events
    this.heart = setInterval(() => {
      if (this.isWelcome) this.send({ type: 'heartbeat', executions: this.held() })
    }, HEARTBEAT_MS)
  }

  /** True when the engine has recorded all ends. */
  get isSettled(): boolean {
    return this.ends.size === 0
  }

  connect(): void {
    this.retry = null
    if (this.isClosed) return
    this.link = new Link(this.address(), this.project, {
      onOpen: () => this.hello(),
      onMessages: (messages) => {
        for (const message of messages) this.take(message)
      },
      onClose: (code, reason, status) => this.lost(code, reason, status),
    })
  }

  close(): void {
    this.isClosed = true
    clearInterval(this.heart)
    if (this.retry !== null) clearTimeout(this.retry)
    this.link?.close()
  }

  drain(): void {
    if (this.isWelcome) this.send({ type: 'drain' })
  }

  /** Says what is hosted now. While the connection is away, the next hello says it. */
  declare(faults: readonly Fault[]): void {
    if (!this.isWelcome) return
    const id = this.number()
    this.declarations.set(id, this.hosted.declared())
    this.told = this.hosted.earlier()
    this.send({ type: 'declare', id, manifests: this.hosted.manifests, earlier: this.told, faults: [...faults] })
  }

  news(message: NewsMessage): void {
    if (message.type === 'asset') this.assets.set(message.token, [...(this.assets.get(message.token) ?? []), message])
    if (this.isWelcome) this.send(message)
    else if (!KEPT.has(message.type)) this.waiting.push(message)
  }

  request(message: RequestMessage, answer: (message: AnswerMessage) => void): void {
    const own = message.id
    const numbered = { ...message, id: this.number() }
    this.requests.set(numbered.id, { message: numbered, answer: (got) => answer({ ...got, id: own }) })
    if (this.isWelcome) this.send(numbered)
  }

  end(message: EndMessage): void {
    this.ends.set(message.token, message)
    this.dropRequests(message.token)
    if (this.isWelcome) this.send(message)
  }

  private hello(): void {
    this.helloDeclared = this.hosted.declared()
    this.told = this.hosted.earlier()
    this.send({
      type: 'hello',
      protocol: PROTOCOL,
      session: this.secret,
      ...this.introduction(),
      manifests: this.hosted.manifests,
      earlier: this.told,
      executions: this.held(),
    })
  }

  private held(): string[] {
    return [...new Set([...this.running(), ...this.ends.keys()])]
  }

  private send(message: WorkerMessage): void {
    this.link?.send(message)
  }

  private number(): number {
    const id = this.nextId
    this.nextId += 1
    return id
  }

  private take(message: EngineMessage): void {
    switch (message.type) {
      case 'welcome':
        return this.welcome(message)
      case 'execute':
        return this.events.onExecute(message)
      case 'abort':
        return this.events.onAbort(message.token, message.reason)
      case 'recorded':
        for (const token of message.tokens) this.forget(token)
        return
      case 'logged':
        return this.events.onLogged(message.token, message.bytes, message.values ?? 0)
      case 'declared':
        return this.declared(message.id, message.versions)
      case 'retire':
        return this.hosted.retire(message.versions)
      case 'drain':
        return this.events.onDrain()
      case 'heartbeat':
        return
      default:
        return this.answered(message)
    }
  }

  private welcome(message: Extract<EngineMessage, { type: 'welcome' }>): void {
    this.isWelcome = true
    this.pauseMs = FIRST_WAIT_MS
    const lost = new Set(message.abort)
    for (const token of lost) {
      this.forget(token)
      this.events.onAbort(token, 'stale')
    }
    this.hosted.versioned(this.helloDeclared, message.versions)
    const waiting = this.waiting.filter(({ token }) => !lost.has(token))
    this.waiting = []
    for (const assets of this.assets.values()) for (const asset of assets) this.send(asset)
    for (const news of waiting) this.send(news)
    for (const { message: request } of this.requests.values()) this.send(request)
    this.events.onBack()
    for (const end of this.ends.values()) this.send(end)
    this.events.onWelcome(message.worker, message.project)
    this.tellEarlier()
  }

  /** After a build that came while another one was being declared, what was declared is an earlier version at once. */
  private tellEarlier(): void {
    const isNew = ([module, versions]: [string, number[]]): boolean =>
      versions.some((version) => this.told[module]?.includes(version) !== true)
    if (Object.entries(this.hosted.earlier()).some(isNew)) this.events.onVersions()
  }

  private forget(token: string): void {
    this.ends.delete(token)
    this.garbled.delete(token)
    this.assets.delete(token)
    this.waiting = this.waiting.filter((news) => news.token !== token)
    this.dropRequests(token)
    this.events.onForgotten(token)
  }

  private dropRequests(token: string): void {
    if (this.requests.size === 0) return
    for (const [id, { message }] of this.requests) if (message.token === token) this.requests.delete(id)
  }

  private declared(id: number, versions: Readonly<Record<string, number>>): void {
    const declared = this.declarations.get(id)
    this.declarations.delete(id)
    if (declared === undefined) return
    this.hosted.versioned(declared, versions)
    this.tellEarlier()
  }

  private answered(message: AnswerMessage): void {
    const { id } = message
    if (message.type === 'refused' && (id === undefined || this.declarations.delete(id))) {
      const { problem } = message
      this.events.onTrouble(`${problem.message}${problem.fix === undefined ? '' : ` ${problem.fix}`}`)
      return
    }
    if (id === undefined) return
    const request = this.requests.get(id)
    this.requests.delete(id)
    request?.answer(message)
  }

  private lost(code: number, reason: string, status: number | null): void {
    const wasWelcome = this.isWelcome
    this.link = null
    this.isWelcome = false
    this.declarations.clear()
    if (this.isClosed) return
    if (code === CLOSE.malformed) this.misunderstood(reason, wasWelcome)
    const fatal = this.fatal(code, reason, status)
    if (fatal !== null) {
      this.close()
      this.events.onFatal(fatal)
      return
    }
    if (wasWelcome || this.pauseMs === FIRST_WAIT_MS) {
      const why = reason === '' ? '' : ` (${reason})`
      const what = wasWelcome ? 'The connection broke' : `${this.address().name} does not answer`
      this.events.onTrouble(`${what}${why}. Trying again; what runs goes on.`)
    }
    this.retry = setTimeout(() => this.connect(), this.pauseMs)
    this.pauseMs = Math.min(this.pauseMs * 2, LONGEST_WAIT_MS)
  }

  /** One of the things that have no answer was at fault, and nobody knows which: they fail, and are not said again. */
  private misunderstood(reason: string, wasWelcome: boolean): void {
    const now = performance.now()
    this.malformed = [...this.malformed.filter((at) => now - at < MALFORMED_MS), now]
    if (!wasWelcome) return
    const message = `The engine did not understand the worker: ${reason}`
    const problem = { code: 'request_malformed', message, fix: MALFORMED_FIX }
    const requests = [...this.requests]
    this.requests.clear()
    for (const [id, { answer }] of requests) answer({ type: 'refused', id, problem })
    this.assets.clear()
    this.waiting = []
    for (const token of [...this.ends.keys()]) {
      if (this.garbled.has(token)) {
        this.events.onTrouble(`An execution has ended, and the engine does not understand how: ${reason}`)
        this.forget(token)
        continue
      }
      this.garbled.add(token)
      const error = { type: 'EngineRefusal', message: `${message}. ${MALFORMED_FIX}`, retry: false }
      this.ends.set(token, { type: 'error', token, error })
    }
  }

  private fatal(code: number, reason: string, status: number | null): string | null {
    switch (code) {
      case CLOSE.notFound:
      case CLOSE.version:
        return reason
      case CLOSE.conflict:
        return `${reason} Release the code with --register, or develop with --dev.`
      case CLOSE.malformed:
        return this.malformed.length >= MOST_MALFORMED ? `The engine does not understand this worker: ${reason}` : null
    }
    if (status === 401 || status === 403) return 'The engine refuses the token. Set WEIR_TOKEN to one that is valid.'
    if (status === 404) return `The engine has no project "${this.project}", or is too old to have workers.`
    return null
  }
}
