import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { expect, it } from 'vitest'
import { exitCodes } from './exit-codes.ts'
import { createProgram, everyCommand, pathOf } from './program.ts'

const leaves = everyCommand(createProgram()).filter((command) => command.commands.length === 0)
const docs = await readFile(new URL('../../docs/cli.md', import.meta.url), 'utf8')

const helpOf = (command: Command): string => {
  const parts: string[] = []
  command.configureOutput({ writeOut: (part) => void parts.push(part) }).outputHelp()
  return parts.join('')
}

it.each(leaves.map((command) => [pathOf(command), command] as const))(
  '%s has examples and the options of every command',
  (path, command) => {
    const help = helpOf(command)
    expect(help).toContain('Examples:')
    expect(help).toContain(path)
    expect(help).toContain('--format <format>')
  },
)

it('documents every command, and every option of runs and assets', () => {
  for (const command of leaves) {
    expect(docs).toContain(pathOf(command))
    for (const option of command.options)
      if (!['--help', '--yes'].includes(option.long ?? ''))
        expect(docs).toContain(option.long === '--to' ? '-O' : option.long)
  }
})

it('documents the exit codes of the table', () => {
  for (const [code, meaning] of Object.values(exitCodes)) expect(docs).toContain(`| ${code} | ${meaning} |`)
  expect(helpOf(createProgram())).toContain(exitCodes.cancelled[1])
})

it('suggests what was meant', async () => {
  const program = createProgram()
  const said: string[] = []
  for (const command of everyCommand(program)) command.configureOutput({ writeErr: (text) => void said.push(text) })
  await expect(program.parseAsync(['run', 'lsit'], { from: 'user' })).rejects.toMatchObject({ exitCode: 1 })
  expect(said.join('')).toContain('Did you mean list?')
})

it('says how one is looked at to those who try another verb', async () => {
  const program = createProgram()
  const said: string[] = []
  for (const command of everyCommand(program)) command.configureOutput({ writeErr: (text) => void said.push(text) })
  await expect(program.parseAsync(['run', 'show', 'k3m9abcd'], { from: 'user' })).rejects.toMatchObject({ exitCode: 1 })
  expect(said.join('')).toContain("unknown command 'show'")
  expect(said.join('')).toContain('To look at one: weir run inspect <run>')
})
