import fc from 'fast-check'
import { expect, test } from 'vitest'
import { blackened } from './blacken.ts'

async function run(pieces: readonly string[], texts: readonly string[]): Promise<string> {
  const source = async function* (): AsyncGenerator<Uint8Array> {
    for (const piece of pieces) yield Buffer.from(piece)
  }
  const out: Uint8Array[] = []
  for await (const piece of blackened(source(), texts)) out.push(Buffer.from(piece))
  return Buffer.concat(out).toString()
}

test('a secret is blackened, with as many stars as it has bytes', async () => {
  expect(await run(['say hunter2 or ähem now'], ['hunter2', 'ähem'])).toBe('say ******* or ***** now')
  expect(await run(['nothing here'], [])).toBe('nothing here')
})

test('secrets that overlap vanish both', async () => {
  expect(await run(['xabcdefx'], ['abcd', 'cdef'])).toBe('x******x')
  expect(await run(['aaaa'], ['aaa'])).toBe('****')
})

test('wherever the pieces end, the result is that of the whole', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 }), { maxLength: 12 }),
      fc.array(fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 4 }), { maxLength: 3 }),
      async (pieces, texts) => {
        const whole = pieces.join('')
        const cut = await run(pieces, texts)
        expect(cut).toBe(await run([whole], texts))
        expect(cut).toHaveLength(whole.length)
        for (const text of texts) expect(cut).not.toContain(text)
      },
    ),
  )
})
