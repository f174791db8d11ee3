import { expect, it } from 'vitest'
import { complete, type Lookup } from './complete.ts'
import { createProgram } from './program.ts'

const lookup: Lookup = {
  runs: async () => await Promise.resolve([{ value: 'k3m9abcd', about: 'weather failed' }]),
  workflows: async () => await Promise.resolve([{ value: 'weather', about: 'Seattle' }]),
  projects: async () => await Promise.resolve([{ value: 'mice', about: 'Imaging' }]),
  workers: async () => await Promise.resolve([{ value: 'w-0123456789abcdef', about: 'lab digits' }]),
  pools: async () => await Promise.resolve([{ value: 'fits', about: 'digits.py' }]),
  workspaces: async () => await Promise.resolve([{ value: 'dev/ana', about: 'on dev' }]),
  modules: async () => await Promise.resolve([{ value: 'digits', about: 'python' }]),
  targets: async () => await Promise.resolve([{ value: 'digits/train', about: 'task' }]),
  steps: async (run) => await Promise.resolve([{ value: 'fit', about: run }]),
}
const values = async (...words: string[]) =>
  (await complete(createProgram(), words, lookup)).map((line) => line.split('\t')[0])

it.each([
  [['r'], ['run']],
  [
    ['run', 'w'],
    ['watch', 'workflow', 'why'],
  ],
  [['run', 'list', '--sta'], ['--status']],
  [
    ['run', 'inspect', '-o', ''],
    ['table', 'json', 'yaml'],
  ],
  [['-o', 'json', 'asset', 'l'], ['list']],
  [
    ['run', 'logs', 'k3m9abcd', '--stream', 'std'],
    ['stdout', 'stderr'],
  ],
  [['run', 'watch', 'k'], ['k3m9abcd']],
  [['run', 'watch', 'k3m9abcd', ''], []],
  [
    ['run', 'start', 'w'],
    ['weather', ':files'],
  ],
  [['run', 'rerun', 'k3m9abcd', '--from', ''], ['fit']],
  [['run', 'approve', 'k3m9abcd', ''], ['fit']],
  [['workflow', 'validate', ''], [':files']],
  [['module', 'versions', ''], ['digits']],
  [['target', 'inspect', 'dig'], ['digits/train']],
  [['target', 'list', '--module', 'd'], ['digits']],
  [['run', 'list', '--workflow', 'we'], ['weather']],
  [['run', 'start', 'weather', '-W', ''], ['dev/ana']],
  [['workspace', 'rebase', 'dev/ana', 'd'], ['dev/ana']],
  [['completion', 'z'], ['zsh']],
  [['nonsense', ''], []],
])('completes %j', async (words, expected) => {
  expect(await values(...words)).toEqual(expected)
})

it('says what each candidate is', async () => {
  expect(await complete(createProgram(), ['doct'], lookup)).toEqual([
    expect.stringMatching(/^doctor\tCheck the machine/),
  ])
})
