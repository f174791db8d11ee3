import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BrokenLog, FrameParser, pieceOf, splitFrames } from './frames.ts'

const frame = (type: number, body: Uint8Array, stamp = '2026-11-21T10:28:36.382681864Z'): Buffer => {
  const content = Buffer.concat([Buffer.from(`${stamp} `), body])
  const header = Buffer.alloc(8)
  header.writeUInt8(type, 0)
  header.writeUInt32BE(content.length, 4)
  return Buffer.concat([header, content])
}

describe('FrameParser', () => {
  it('gives the same bytes however the stream is cut', () => {
    const frames = fc.array(fc.record({ type: fc.constantFrom(1, 2), body: fc.uint8Array({ maxLength: 40 }) }))
    fc.assert(
      fc.property(frames, fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (sent, cuts) => {
        const bytes = Buffer.concat(sent.map(({ type, body }) => frame(type, body)))
        const parser = new FrameParser()
        const got: Record<string, Buffer[]> = { stdout: [], stderr: [] }
        for (let offset = 0, i = 0; offset < bytes.length; i++) {
          const length = cuts[i % cuts.length] ?? 1
          const pieces = parser.push(bytes.subarray(offset, offset + length))
          for (const piece of pieces) got[piece.stream]?.push(Buffer.from(piece.bytes))
          offset += length
        }
        const expected = (type: number) => Buffer.concat(sent.filter((f) => f.type === type).map(({ body }) => body))
        expect(Buffer.concat(got.stdout ?? [])).toEqual(expected(1))
        expect(Buffer.concat(got.stderr ?? [])).toEqual(expected(2))
        const last = sent.at(-1)
        expect(parser.last).toEqual(last === undefined ? null : frame(last.type, last.body))
      }),
    )
  })

  it('joins neighbours of the same stream and millisecond, and keeps their time', () => {
    const bytes = Buffer.concat([
      frame(1, Buffer.from('a\n')),
      frame(1, Buffer.from('b\n'), '2026-11-21T10:28:36.382999999Z'),
      frame(1, Buffer.from('c\n'), '2026-11-21T10:28:36.383000000Z'),
      frame(2, Buffer.from('d\n'), '2026-11-21T10:28:36.383000001Z'),
    ])
    const pieces = new FrameParser().push(bytes)
    expect(pieces.map(({ stream, bytes }) => [stream, Buffer.from(bytes).toString()])).toEqual([
      ['stdout', 'a\nb\n'],
      ['stdout', 'c\n'],
      ['stderr', 'd\n'],
    ])
    expect(pieces.map(({ at }) => new Date(at).toISOString().slice(-5))).toEqual(
      ['.382Z', '.383Z', '.383Z'].map((s) => s.slice(-5)),
    )
  })

  it('throws what Docker says when it cannot read its log', () => {
    expect(() => new FrameParser().push(frame(3, Buffer.from('no'), 'Error'))).toThrow(BrokenLog)
  })

  it('splits whole frames only', () => {
    const [first, second] = [frame(1, Buffer.from('x')), frame(2, Buffer.from('y'))]
    const frames = splitFrames(Buffer.concat([first, second, second.subarray(0, 9)]))
    expect(frames).toEqual([first, second])
    expect(pieceOf(second)).toMatchObject({ stream: 'stderr', bytes: Buffer.from('y') })
  })
})
