import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ProblemError } from '../contract/index.ts'
import { type LaunchRequest, launchesOf, sdkArguments } from './launch.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-launch-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function file(path: string, text = ''): string {
  const whole = join(folder, path)
  mkdirSync(dirname(whole), { recursive: true })
  writeFileSync(whole, text)
  return whole
}

/** A program that answers the question for the SDK as an interpreter does: 0, or 3 when it is not installed. */
function interpreter(path: string, code: number): string {
  const program = file(path, `#!/bin/sh\nexit ${code}\n`)
  chmodSync(program, 0o755)
  return program
}

/** Weir's SDK for TypeScript as npm installs it. */
function installed(place: string): string {
  file(`${place}/node_modules/weir-sdk/package.json`, JSON.stringify({ bin: { 'weir-sdk': 'bin/weir-sdk.mjs' } }))
  return join(folder, place, 'node_modules/weir-sdk/bin/weir-sdk.mjs')
}

const ask = (modules: string[], over: Partial<LaunchRequest> = {}) =>
  launchesOf({ modules, folder, python: null, env: { PATH: process.env.PATH }, sdk: null, ...over })

async function refusal(asked: Promise<unknown>): Promise<string> {
  const error: unknown = await asked.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ProblemError)) throw new Error(`no problem but ${String(error)}`)
  return `${error.code}: ${error.message}; ${error.context.fix ?? ''}`
}

describe('what starts a worker', () => {
  test('follows from the suffix; each language has a process', async () => {
    const python = interpreter('.venv/bin/python', 0)
    const program = installed('.')
    file('digits.py')
    file('flows/mice.py')
    file('flows/weather.ts')
    file('flows/plain.mjs')
    expect(await ask(['flows/weather.ts', 'digits.py', 'flows.mice', 'flows/plain.mjs'])).toEqual([
      {
        language: 'typescript',
        program: process.execPath,
        args: [program, 'worker', 'start'],
        modules: ['flows/weather.ts', 'flows/plain.mjs'],
      },
      {
        language: 'python',
        program: python,
        args: ['-m', 'weir', 'worker', 'start'],
        modules: ['digits.py', 'flows.mice'],
      },
    ])
  })

  test('finds a module by the name that it is registered under', async () => {
    interpreter('.venv/bin/python', 0)
    installed('.')
    file('digits.py')
    file('weather.ts')
    expect(await ask(['digits', 'weather'])).toMatchObject([
      { language: 'python', modules: ['digits'] },
      { language: 'typescript', modules: ['weather.ts'] },
    ])
  })

  test('of a folder, from what is in it', async () => {
    interpreter('.venv/bin/python', 0)
    file('flows/mice.py')
    expect(await ask(['flows'])).toMatchObject([{ language: 'python', modules: ['flows'] }])
    file('empty/notes.txt')
    expect(await refusal(ask(['empty']))).toContain('module_not_found: the folder empty holds neither')
  })

  test('in Python is what was named, what is active, what lies beside the module or above it, what PATH has', async () => {
    file('flows/deep/mice.py')
    const onPath = interpreter('bin/python3', 0)
    const chosen = async (over: Partial<LaunchRequest> = {}) =>
      (await ask(['flows/deep/mice.py'], { env: { PATH: dirname(onPath) }, ...over }))[0]?.program
    expect(await chosen()).toBe('python3')
    const above = interpreter('.venv/bin/python', 0)
    expect(await chosen()).toBe(above)
    const beside = interpreter('flows/deep/.venv/bin/python', 0)
    expect(await chosen()).toBe(beside)
    const active = interpreter('active/bin/python', 0)
    expect(await chosen({ env: { VIRTUAL_ENV: join(folder, 'active') } })).toBe(active)
    const named = interpreter('named', 0)
    expect(await chosen({ python: named })).toBe(named)
  })

  test('that is missing is told with the one command that installs it', async () => {
    const python = interpreter('.venv/bin/python', 3)
    file('digits.py')
    file('weather.ts')
    expect(await refusal(ask(['digits.py']))).toBe(
      `worker_unstartable: Weir's SDK for Python is not installed for ${python}; run: ${python} -m pip install weir-sdk`,
    )
    expect(await refusal(ask(['weather.ts']))).toBe(
      `worker_unstartable: Weir's SDK for TypeScript is not installed for ${folder}; run: npm install weir-sdk`,
    )
    file('sdk/typescript/package.json', '{}')
    expect(await refusal(ask(['weather.ts'], { sdk: join(folder, 'sdk') }))).toContain(
      `run: npm install ${join(folder, 'sdk/typescript')}`,
    )
    rmSync(python)
    expect(await refusal(ask(['digits.py'], { python: join(folder, 'nothing') }))).toContain('does not run as Python')
  })

  test('is nothing for what is no module', async () => {
    file('notes.txt')
    expect(await refusal(ask(['notes.txt']))).toContain('neither Python (.py) nor TypeScript')
    expect(await refusal(ask(['digits.py']))).toContain(`there is no module digits.py in ${folder}`)
    expect(await refusal(ask(['flows.mice']))).toContain('there is no module flows.mice')
  })

  test('a real Python without the SDK is known as one', async () => {
    file('digits.py')
    const real = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim()
    // Isolated from what this machine has: -I would be read as an option of the question.
    const bare = file('bare', `#!/bin/sh\nexec "${real}" -I -S "$@"\n`)
    chmodSync(bare, 0o755)
    expect(await refusal(ask(['digits.py'], { python: bare }))).toContain('SDK for Python is not installed')
  })
})

test('options are written as both SDKs take them', () => {
  const base = {
    project: 'mice',
    workspace: 'dev',
    register: 'never',
    concurrency: null,
    tags: [],
    name: null,
    pool: null,
  } as const
  expect(sdkArguments(base)).toEqual(['--project', 'mice', '--workspace', 'dev'])
  expect(
    sdkArguments({ ...base, register: 'always', concurrency: 2, tags: ['gpu', 'a=b'], name: 'x', pool: 'fits' }).slice(
      4,
    ),
  ).toEqual(['--dev', '--concurrency', '2', '--tag', 'gpu', '--tag', 'a=b', '--name', 'x', '--pool', 'fits'])
})
