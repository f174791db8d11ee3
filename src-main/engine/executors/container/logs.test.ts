import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { executionFolder } from '../folder.ts'
import { LogWriter } from '../log-writer.ts'
import { DockerUnreachable } from './errors.ts'
import { LogCopy } from './logs.ts'

const frame = (type: number, nanoseconds: number, text: string): Buffer => {
  const content = Buffer.from(`2026-11-21T10:28:36.${String(nanoseconds).padStart(9, '0')}Z ${text}`)
  const header = Buffer.alloc(8)
  header.writeUInt8(type, 0)
  header.writeUInt32BE(content.length, 4)
  return Buffer.concat([header, content])
}
const FRAMES = Array.from({ length: 20 }, (_, i) => frame(1 + (i % 2), i, `line ${i}\n`))
const whole = (parity: number) => Array.from({ length: 20 }, (_, i) => (i % 2 === parity ? `line ${i}\n` : '')).join('')
const source = (...chunks: Buffer[]) => Readable.from(chunks, { objectMode: false })

describe('LogCopy', () => {
  let root: string
  const signal = new AbortController().signal
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'weir-logs-'))
  })
  afterEach(() => rm(root, { recursive: true, force: true }))
  const expectWhole = async () => {
    expect(await readFile(executionFolder(root).stdout, 'utf8')).toBe(whole(0))
    expect(await readFile(executionFolder(root).stderr, 'utf8')).toBe(whole(1))
  }

  it('goes on where an engine before it stopped, in the middle of a frame too', async () => {
    const first = LogWriter.fresh(root)
    await first.append('stdout', Buffer.from('line 0\nlin'), 1)
    await first.append('stderr', Buffer.from('line 1\nline 3\n'), 2)
    await first.close()
    const log = await LogWriter.open(root)
    await new LogCopy(log).copy(source(...FRAMES), signal)
    await log.close()
    await expectWhole()
  })

  it('adds the last lines that a followed log left out', async () => {
    const log = LogWriter.fresh(root)
    const copy = new LogCopy(log)
    await copy.copy(source(...FRAMES.slice(0, 15)), signal)
    expect(await copy.addMissing(source(...FRAMES.slice(10)), signal)).toBe(true)
    await log.close()
    await expectWhole()
  })

  it('says when the tail does not reach back far enough; a whole copy then completes it', async () => {
    const log = LogWriter.fresh(root)
    const copy = new LogCopy(log)
    await copy.copy(source(...FRAMES.slice(0, 5)), signal)
    expect(await copy.addMissing(source(...FRAMES.slice(10)), signal)).toBe(false)
    await copy.copy(source(...FRAMES), signal)
    await log.close()
    await expectWhole()
  })

  it('is content with an empty log', async () => {
    const copy = new LogCopy(LogWriter.fresh(root))
    await copy.copy(source(), signal)
    expect(await copy.addMissing(source(), signal)).toBe(true)
  })

  it('tells a broken connection', async () => {
    const broken = new Readable({ read: () => undefined })
    broken.destroy(new Error('aborted'))
    await expect(new LogCopy(LogWriter.fresh(root)).copy(broken, signal)).rejects.toBeInstanceOf(DockerUnreachable)
  })
})
