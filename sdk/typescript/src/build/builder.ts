import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { BUILD_THREAD_FILE } from './package.ts'
import type { Source } from './sources.ts'
import type { BuildOrder, BuildResult } from './thread.ts'

/** Builds modules again and again, one build after the other. */
export class Builder {
  private readonly root: string
  private readonly folder: string
  private thread: Worker | null = null
  private next = 1
  private last: Promise<unknown> = Promise.resolve()

  /** @param folder for built files, one folder for each build */
  constructor(root: string, folder: string) {
    this.root = root
    this.folder = folder
  }

  build(sources: readonly Source[]): Promise<BuildResult> {
    const id = this.next
    this.next += 1
    const order: BuildOrder = { id, sources, root: this.root, outdir: join(this.folder, `build-${id}`) }
    const result = this.last.then(() => this.run(order))
    this.last = result.catch(() => undefined)
    return result
  }

  /** Gives back the memory of the compiler. The next build starts it again. */
  async rest(): Promise<void> {
    await this.last
    const { thread } = this
    this.thread = null
    await thread?.terminate()
  }

  private run(order: BuildOrder): Promise<BuildResult> {
    this.thread ??= new Worker(BUILD_THREAD_FILE)
    const { thread } = this
    return new Promise((resolve, reject) => {
      const done = (): void => {
        thread.off('message', onMessage)
        thread.off('error', onError)
        thread.off('exit', onExit)
      }
      const onMessage = (result: BuildResult): void => {
        done()
        resolve(result)
      }
      const onError = (error: Error): void => {
        done()
        this.thread = null
        reject(error)
      }
      const onExit = (): void => onError(new Error('The build was ended.'))
      thread.on('message', onMessage)
      thread.once('error', onError)
      thread.once('exit', onExit)
      thread.postMessage(order)
    })
  }
}
