import type { Readable } from 'node:stream'
import { ExecutionError } from '../failure.ts'
import type { DockerApi } from './api.ts'
import { DockerRefusal, DockerUnreachable, dockerError } from './errors.ts'

/** How long what is known of an image is used again: a fan-out asks for the same image many times in a second. */
const REMEMBERED_MS = 5_000
/** A pull tells of its progress at most so often. */
const PROGRESS_MS = 250
const MB = 1_000_000

export interface ImageFacts {
  /** `sha256:…`: names the content, whatever the name points to later */
  readonly id: string
  readonly runsAsRoot: boolean
}

type OnProgress = (text: string) => void

interface Pull {
  readonly done: Promise<void>
  readonly controller: AbortController
  readonly listeners: Set<OnProgress>
}

/** `alpine` and `alpine:3` and `host:5000/x@sha256:…` as Docker's pull takes them apart. */
export function splitImage(image: string): { name: string; tag: string } {
  const digest = image.indexOf('@')
  if (digest >= 0) return { name: image.slice(0, digest), tag: image.slice(digest + 1) }
  const colon = image.lastIndexOf(':')
  // A colon before a slash belongs to the port of a registry.
  return colon > image.lastIndexOf('/')
    ? { name: image.slice(0, colon), tag: image.slice(colon + 1) }
    : { name: image, tag: 'latest' }
}

/** The images that Docker has or can get. An image that several jobs want is pulled once. */
export class Images {
  readonly #known = new Map<string, { facts: ImageFacts; at: number }>()
  readonly #pulls = new Map<string, Pull>()

  /** What is known of an image that is there; null when it is not. */
  async find(api: DockerApi, image: string): Promise<ImageFacts | null> {
    const known = this.#known.get(image)
    if (known !== undefined && performance.now() - known.at < REMEMBERED_MS) return known.facts
    const found = await refuseBadName(image, api.image(image))
    if (found === null) {
      this.#known.delete(image)
      return null
    }
    const facts = {
      id: found.Id,
      runsAsRoot: ['', '0', 'root'].includes((found.Config?.User ?? '').split(':')[0] ?? ''),
    }
    this.#known.set(image, { facts, at: performance.now() })
    return facts
  }

  /** It turned out that the image is not there any more. */
  forget(image: string): void {
    this.#known.delete(image)
  }

  /**
   * The image, pulled when it is not there. A pull ends early when nobody waits for it any more.
   * @throws ExecutionError image_missing, image_invalid
   */
  async ensure(api: DockerApi, image: string, onProgress: OnProgress, signal: AbortSignal): Promise<ImageFacts> {
    const there = await this.find(api, image)
    if (there !== null) return there
    const pull = this.#pulls.get(image) ?? this.#begin(api, image)
    pull.listeners.add(onProgress)
    onProgress(`pulls ${image}`)
    try {
      await aborted(pull.done, signal)
    } finally {
      pull.listeners.delete(onProgress)
      if (pull.listeners.size === 0) pull.controller.abort()
    }
    const pulled = await this.find(api, image)
    if (pulled !== null) return pulled
    throw missing(image, 'the pull ended without it')
  }

  #begin(api: DockerApi, image: string): Pull {
    const controller = new AbortController()
    const listeners = new Set<OnProgress>()
    const tell: OnProgress = (text) => {
      for (const listener of listeners) listener(text)
    }
    const done = pullImage(api, image, tell, controller.signal).finally(() => this.#pulls.delete(image))
    done.catch(() => undefined) // each waiter hears of it; without waiters nobody needs to
    const pull = { done, controller, listeners }
    this.#pulls.set(image, pull)
    return pull
  }
}

function aborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    signal.throwIfAborted()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

async function pullImage(api: DockerApi, image: string, tell: OnProgress, signal: AbortSignal): Promise<void> {
  const { name, tag } = splitImage(image)
  let answer: Readable
  try {
    answer = await api.pull(name, tag, signal)
  } catch (error) {
    throw error instanceof DockerRefusal ? missing(image, error.message) : error
  }
  const layers = new Layers()
  let told = 0
  for await (const line of lines(answer, signal)) {
    const message = parseLine(line)
    if (message.error !== undefined) throw missing(image, message.error)
    layers.add(message)
    if (performance.now() - told < PROGRESS_MS) continue
    told = performance.now()
    tell(layers.describe(image))
  }
}

async function* lines(answer: Readable, signal: AbortSignal): AsyncGenerator<string> {
  let rest = ''
  try {
    for await (const chunk of answer) {
      const parts = (rest + String(chunk)).split('\n')
      rest = parts.pop() ?? ''
      yield* parts
    }
  } catch (error) {
    signal.throwIfAborted()
    throw error instanceof ExecutionError ? error : dockerError(error)
  }
  yield rest
}

interface PullMessage {
  readonly id?: string
  readonly status?: string
  readonly current?: number
  readonly total?: number
  readonly error?: string
}

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object' ? { ...value } : {}

function parseLine(line: string): PullMessage {
  if (line.trim() === '') return {}
  let parsed: unknown
  try {
    parsed = JSON.parse(line)
  } catch {
    throw new DockerUnreachable('the answer to the pull broke off')
  }
  const { id, status, error, progressDetail } = record(parsed)
  const { current, total } = record(progressDetail)
  return {
    ...(typeof id === 'string' ? { id } : {}),
    ...(typeof status === 'string' ? { status } : {}),
    ...(typeof error === 'string' ? { error } : {}),
    ...(typeof current === 'number' ? { current } : {}),
    ...(typeof total === 'number' ? { total } : {}),
  }
}

/** How far the layers of a pull are. */
export class Layers {
  readonly #layers = new Map<string, { current: number; total: number; done: boolean }>()

  add({ id, status, current, total }: PullMessage): void {
    if (id === undefined || status === undefined || status.startsWith('Pulling from')) return
    const layer = this.#layers.get(id) ?? { current: 0, total: 0, done: false }
    if (status === 'Downloading') this.#layers.set(id, { ...layer, current: current ?? 0, total: total ?? layer.total })
    else if (/complete$|already exists/i.test(status)) {
      this.#layers.set(id, { ...layer, current: layer.total, done: status !== 'Download complete' })
    } else this.#layers.set(id, layer)
  }

  /** e.g. `pulls alpine:3: 2 of 5 layers, 12.3 of 40.1 MB` */
  describe(image: string): string {
    const layers = [...this.#layers.values()]
    if (layers.length === 0) return `pulls ${image}`
    const sum = (of: (layer: { current: number; total: number }) => number): string =>
      (layers.reduce((bytes, layer) => bytes + of(layer), 0) / MB).toFixed(1)
    const bytes = `${sum(({ current }) => current)} of ${sum(({ total }) => total)} MB`
    return `pulls ${image}: ${layers.filter(({ done }) => done).length} of ${layers.length} layers, ${bytes}`
  }
}

async function refuseBadName<T>(image: string, found: Promise<T>): Promise<T> {
  try {
    return await found
  } catch (error) {
    if (!(error instanceof DockerRefusal) || !/reference format/i.test(error.message)) throw error
    throw new ExecutionError({
      code: 'image_invalid',
      message: `"${image}" is not the name of an image: ${error.message}.`,
      fix: 'Write it as name:tag, e.g. python:3.12 or registry.example.org/group/tool:1.4.',
    })
  }
}

/** The registry's answer as a failure with a remedy. */
function missing(image: string, answer: string): ExecutionError {
  const said = answer.trim().replace(/\.$/, '')
  return new ExecutionError({
    code: 'image_missing',
    message: `The image "${image}" is not on this machine and could not be pulled: ${said}.`,
    fix: remedy(image, said),
  })
}

function remedy(image: string, answer: string): string {
  if (/no such host|dial tcp|timeout|connection refused|network is unreachable|TLS|EOF/i.test(answer)) {
    return `Check this machine's network and proxy, or bring the image by hand: "docker save ${image}" on a machine that has it, "docker load" here.`
  }
  if (/denied|unauthorized|authentication/i.test(answer)) {
    return `Check the name; for a private image run "docker pull ${image}" here after "docker login".`
  }
  return `Check name and tag, or build it here with "docker build -t ${image} .".`
}
