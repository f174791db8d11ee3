import { expect, it } from 'vitest'
import { asList, asScript, shownScript, writtenScript } from './command.ts'

it.each<[string, string[]]>([
  ['node split.mjs ${{ inputs.csv }}', ['node', 'split.mjs', '${{ inputs.csv }}']],
  ['cat a | wc', ['sh', '-ec', 'cat a | wc']],
  ['echo a\necho b', ['sh', '-ec', 'echo a\necho b']],
  ['awk -v wet=${{ params.wet }} -f x.awk', ['awk', '-v', 'wet=${{ params.wet }}', '-f', 'x.awk']],
  ['', ['']],
])('writes %j as a list', (text, list) => expect(asList(text)).toEqual(list))

it.each<[string[], string]>([
  [['node', 'a b.mjs', '${{ inputs.csv }}'], "node 'a b.mjs' ${{ inputs.csv }}"],
  [['echo', "it's"], "echo 'it'\\''s'"],
  [['sh', '-ec', 'cat a | wc'], 'cat a | wc'],
  [['echo', ''], "echo ''"],
])('writes %j as a script', (list, text) => expect(asScript(list)).toBe(text))

it('ends several lines with a line break that is not shown', () => {
  expect(writtenScript('a')).toBe('a')
  expect(writtenScript('a\nb')).toBe('a\nb\n')
  expect(shownScript(writtenScript('a\nb'))).toBe('a\nb')
  expect(shownScript(writtenScript('a\n'))).toBe('a\n')
})
