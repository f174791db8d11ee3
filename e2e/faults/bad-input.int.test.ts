import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Json, routes } from '../../src-shared/contract/index.ts'
import { type EngineProcess, engineProcess } from './engine-process.ts'
import { ended, inProject, project, refusal, start, step } from './runs.ts'
import { type CommandLine, commandLine } from './weir.ts'

/** Exit codes of the command line, see docs/cli.md */
const ABSENT = 3
const INVALID = 6

let engine: EngineProcess
let weir: CommandLine
beforeAll(async () => {
  engine = await engineProcess()
  await engine.start()
  weir = await commandLine(engine.data)
})
afterAll(async () => {
  await weir?.remove()
  await engine?.remove()
})

const client = () => engine.client
const levels = (count: number): string => '['.repeat(count) + ']'.repeat(count)
const aliases = (): string => {
  const lines = ['a0: &a0 [l, l, l, l, l, l, l, l, l, l]']
  for (let n = 1; n < 12; n++) lines.push(`a${n}: &a${n} [${`*a${n - 1}, `.repeat(10)}]`)
  return `name: bomb\n${lines.join('\n')}\nsteps: {x: {run: "true"}}\n`
}

describe('definitions: refused with the place and what to do, and nothing is saved', () => {
  const steps = (text: string): string => `name: bad\nsteps:\n  x: ${text}\n`
  test.each<[string, string | Uint8Array, RegExp]>([
    ['malformed YAML', 'name: bad\nsteps:\n  x: {run: "true"\n  y: [\n', /:4:3 +error .*\n.*\n.*\n +fix: /],
    ['a cycle', 'name: bad\nsteps:\n  x: {run: a, needs: y}\n  y: {run: a, needs: x}\n', /:3:3 .*x → y → x.*cycle/],
    ['an unknown field', steps('{run: a, timout: 3s}'), /:3:15 .*unknown field `timout`[\s\S]*Did you mean `timeout`/],
    ['an unknown step', steps('{run: a, needs: z}'), /:3:\d+ .*unknown_step/],
    ['a definition of more than 10 MB', steps(`{run: "${'a'.repeat(10_000_001)}"}`), /10000000[\s\S]*fix: .*files/],
    ['a deep nest', steps(`{run: a, inputs: {a: ${levels(5_000)}}}`), /:3:\d+ .*64 levels[\s\S]*fix: Flatten/],
    ['an alias bomb', aliases(), /too many values[\s\S]*fix: /],
    ['bytes that are no text', Buffer.from([0x6e, 0xff, 0xfe, 0x00]), /not UTF-8[\s\S]*fix: /],
    ['nothing', '', /:1:1 .*empty[\s\S]*fix: /],
    ['a path out of the folder', steps('{run: a, outputs: {o: {files: "../../*"}}}'), /:3:\d+ .*bad_path[\s\S]*fix: /],
    ['an absolute path', steps('{run: a, outputs: {o: {text: /etc/passwd}}}'), /:3:\d+ .*absolute[\s\S]*fix: /],
    ['files out of the folder', 'name: bad\nfiles: ["../**"]\nsteps: {x: {run: a}}\n', /:2:\d+ .*bad_path/],
    ['a name that is a path', 'name: ../bad\nsteps: {x: {run: a}}\n', /:1:7 .*bad_format/],
  ])('%s', async (_what, text, words) => {
    const { code, err } = await weir('workflow', 'apply', await weir.file('bad.yaml', text))
    expect(err).toMatch(words)
    expect(code).toBe(INVALID)
    const { items } = await client().call(routes.workflows.list, { ...inProject, query: { search: 'bad' } })
    expect(items).toEqual([])
  })

  test('a definition that is not there', async () => {
    const { code, err } = await weir('run', 'start', join(weir.folder, 'none.yaml'))
    expect([code, err]).toEqual([ABSENT, expect.stringMatching(/none\.yaml does not exist[\s\S]*fix: /)])
  })

  test('9.9 MB are taken', async () => {
    const source = `name: large\nsteps:\n  x:\n    run: "${'a'.repeat(9_900_000)}"\n`
    expect(await client().call(routes.workflows.apply, { ...inProject, body: { source } })).toMatchObject({
      version: 1,
    })
  })
})

describe('steps that go wrong', () => {
  /** Each by itself fails, with this code and with words about what and where; the others go on. */
  const bad: Record<string, [definition: string, code: string, words: RegExp]> = {
    text: [`{run: "printf '\\\\377' > o", outputs: {o: {text: o}}}`, 'output_not_text', /"o" is not UTF-8/],
    program: ['{run: [no-such-program]}', 'command_not_found', /no-such-program/],
    line: ['{run: no-such-program}', 'command_not_found', /no-such-program/],
    glob: ['{run: "true", outputs: {o: {files: "*.csv"}}}', 'output_missing', /\*\.csv/],
    file: ['{run: "true", outputs: {o: {json: o.json}}}', 'output_missing', /o\.json/],
    json: [`{run: "echo '{]' > o", outputs: {o: {json: o}}}`, 'output_not_json', /line 1/],
    deep: [
      `{run: "node -e 'process.stdout.write(\\"[\\".repeat(9e4)+\\"]\\".repeat(9e4))' > o", outputs: {o: {json: o}}}`,
      'output_too_deep',
      /64 levels/,
    ],
    large: ['{run: "head -c 20000000 /dev/zero > o", outputs: {o: {text: o}}}', 'output_too_large', /20000000 bytes/],
    folder: ['{run: "mkdir o", outputs: {o: {text: o}}}', 'output_refused', /not a regular file/],
    pipe: ['{run: "mkfifo o", outputs: {o: {files: o}}}', 'output_refused', /named pipe/],
    link: ['{run: "ln -s /etc/passwd o", outputs: {o: {text: o}}}', 'output_refused', /out of the working folder/],
    links: ['{run: "ln -s /etc d", outputs: {o: {files: "**"}}}', 'output_refused', /out of the working folder/],
    nameBytes: [`{run: ': > "$(printf "a\\\\377")"', outputs: {o: {files: "*"}}}`, 'output_refused', /not UTF-8/],
    workdir: ['{run: "true", workdir: nope}', 'workdir_missing', /"nope"/],
    zero: [`{run: "echo a\\0b"}`, 'command_nul', /NUL/],
    killed: ['{run: "kill -9 $$"}', 'signal', /SIGKILL/],
    late: ['{run: "sleep 600", timeout: 1s}', 'timeout', /1 ?s/],
  }

  test('each says what happened where, and what to do', async () => {
    const lines = Object.entries(bad).map(([name, [definition]]) => `  ${name}: ${definition}`)
    const good = '  good: {run: "head -c 300000 /dev/urandom; echo ok > o", outputs: {o: {text: o}}}'
    const run = await ended(client(), await start(client(), `name: faults\nsteps:\n${lines.join('\n')}\n${good}\n`))
    for (const [name, [, code, words]] of Object.entries(bad)) {
      const { status, executions } = step(run, name)
      expect([name, status, executions[0]?.error?.code]).toEqual([name, 'failed', code])
      expect(executions[0]?.error?.message).toMatch(words)
      expect(executions[0]?.error?.fix, name).toMatch(/\w/)
    }
    expect(step(run, 'good').outputs).toEqual({ o: 'ok' })
  })

  test('a missing image', async (context) => {
    if (process.env.WEIR_TEST_DOCKER_SKIP) context.skip(process.env.WEIR_TEST_DOCKER_SKIP)
    const run = await start(client(), 'name: image\nsteps: {x: {run: "true", image: "localhost:1/weir/none:1"}}\n')
    const error = step(await ended(client(), run), 'x').executions[0]?.error
    expect(error).toMatchObject({
      message: expect.stringContaining('localhost:1/weir/none:1'),
      fix: expect.any(String),
    })
  })

  test('output that is no text is kept as it is and shown as far as it can be', async () => {
    const run = await start(client(), `name: bytes\nsteps: {x: {run: "printf 'a\\\\377b\\\\nend\\\\n'"}}\n`)
    await ended(client(), run)
    const lines: string[] = []
    const request = { params: { project, run }, query: { stream: 'stdout' as const } }
    for await (const line of client().lines(routes.runs.logs, request)) lines.push(line.text)
    expect(lines).toEqual(['a\uFFFDb', 'end'])
    const kept = await readFile(join(engine.data, 'projects', project, 'runs', run, 'x', '1', 'stdout.log'))
    expect(kept).toEqual(Buffer.from('a\xffb\nend\n', 'latin1'))
  })

  test('a step that deletes its own folder, and one that leaves a process behind', async () => {
    const source = `name: leaves
steps:
  gone: {run: 'rm -rf "$PWD"; echo said'}
  child: {run: "sleep 654.987 & echo started"}
`
    const run = await ended(client(), await start(client(), source))
    expect(run.status).toBe('succeeded')
    expect(running('sleep 654.987')).toBe(false)
  })
})

function running(command: string): boolean {
  return execFileSync('ps', ['-A', '-o', 'args='], { encoding: 'utf8' })
    .split('\n')
    .some((line) => line.endsWith(command))
}

describe('values that try to be code', () => {
  const hostile =
    'a "q" \'s\' $(touch pwned) `touch pwned` $HOME \\ \\n \n line\t; touch pwned & ünï😀 %s !! * ${{ x }}'

  test('reach the program as they are: in shell text, arguments and env', async () => {
    const source = `name: hostile
params: {s: {type: string}}
steps:
  shell:
    run: |
      node -e 'fs.writeFileSync("o", JSON.stringify(process.argv.slice(1)))' -- \${{ params.s }} "\${{ params.s }}" '\${{ params.s }}' "$V" x\${{ params.s }}y
      ls > seen
    env: {V: "\${{ params.s }}"}
    outputs: {o: {json: o}, seen: {text: seen}}
  list:
    run: [node, -e, 'fs.writeFileSync("o", JSON.stringify(process.argv.slice(1)))', --, "\${{ params.s }}"]
    outputs: {o: {json: o}}
`
    const run = await ended(client(), await start(client(), source, { s: hostile }))
    expect(step(run, 'shell').outputs).toEqual({
      o: [hostile, hostile, hostile, hostile, `x${hostile}y`],
      seen: 'inputs.json\no\nseen',
    })
    expect(step(run, 'list').outputs).toEqual({ o: [hostile] })
  })

  test('names of files travel as they are, from step to step and to the person', async () => {
    const names = [
      'a b',
      'new\nline',
      '-rf',
      '--help',
      'q"uote',
      "s'ingle",
      '$(touch pwned)',
      '*',
      '[x]',
      '{a,b}',
      'ünï',
    ]
    const source = `name: names
params: {names: {type: array}}
steps:
  make:
    run: [node, -e, 'fs.mkdirSync("o"); for (const n of JSON.parse(process.argv[1])) fs.writeFileSync("o/" + n, n)', "\${{ json(params.names) }}"]
    outputs: {o: {files: "o/**"}}
  use:
    forEach: \${{ steps.make.outputs.o }}
    inputs: {f: "\${{ item }}"}
    run: cat -- \${{ inputs.f }} > out
    outputs: {o: {text: out}}
outputs: {o: "\${{ steps.use.outputs.o }}"}
`
    const run = await ended(client(), await start(client(), source, { names }))
    const seen = run.result?.outputs?.['o']
    expect(Array.isArray(seen) ? seen.map(String).sort() : seen).toEqual([...names].sort())
    const target = join(weir.folder, 'got')
    expect((await weir('asset', 'get', run.id, '--step', 'make', '--dir', target)).code).toBe(0)
    expect((await readdir(join(target, 'o'))).sort()).toEqual([...names].sort())
  })
})

describe('paths that lead out', () => {
  test('of asset values: refused before anything is written', async () => {
    const { digest } = await client().call(routes.assets.putBlob, {
      ...inProject,
      query: {},
      body: Buffer.from('evil'),
    })
    const source = 'name: out\nparams: {f: {type: file}}\nsteps: {x: {run: "true", inputs: {f: "${{ params.f }}"}}}\n'
    for (const path of ['../../evil', '/tmp/weir-evil', 'a/../../../evil', '..\\evil', '']) {
      const f: Json = { kind: 'asset', name: 'f', files: [{ path, digest, size: 4 }] }
      const run = await ended(client(), await start(client(), source, { f }))
      expect(step(run, 'x').executions[0]?.error).toMatchObject({ code: 'path_unsafe', fix: expect.any(String) })
      expect(await readdir(join(engine.data, 'projects', project, 'runs', run.id, 'x', '1'))).not.toContain('evil')
    }
    expect(existsSync('/tmp/weir-evil')).toBe(false)
    const files = [{ path: '../../evil', digest, size: 4 }]
    const saved = client().call(routes.workflows.apply, {
      ...inProject,
      body: { source: 'name: out\nsteps: {}\n', files },
    })
    expect(await refusal(saved)).toMatchObject({ code: 'workflow_invalid' })
  })

  test('of workdir, when a parameter makes them', async () => {
    const source = 'name: wd\nparams: {w: {type: string}}\nsteps: {x: {run: pwd, workdir: "${{ params.w }}"}}\n'
    for (const w of ['../../..', '/etc', 'a/../..']) {
      const run = await ended(client(), await start(client(), source, { w }))
      expect(step(run, 'x').executions[0]?.error).toMatchObject({ code: 'workdir_outside' })
    }
  })

  test('of addresses, and bodies that are no requests', async () => {
    const { url } = JSON.parse(await readFile(join(engine.data, 'engine.json'), 'utf8')) as { url: string }
    const token = (await readFile(join(engine.data, 'token'), 'utf8')).trim()
    const at = `${url}/api/v1/projects`
    const ask = async (path: string, init: RequestInit = {}): Promise<[number, string]> => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const answer = await fetch(`${at}/${path}`, { headers, ...init })
      return [answer.status, ((await answer.json()) as { code: string }).code]
    }
    expect(await ask('..%2f..%2f/runs')).toEqual([400, 'bad_request'])
    expect(await ask('default%2f..%2fdefault/runs')).toEqual([400, 'bad_request'])
    expect(await ask('default/blobs/..%2f..%2ftoken')).toEqual([400, 'bad_request'])
    expect(await ask('default/workflows/..%2fx')).toEqual([400, 'bad_request'])
    expect(await ask('default/runs/aaaaaaaa/logs?step=..%2f..%2fx')).toEqual([400, 'bad_request'])
    const post = (body: string) => ask('default/runs', { method: 'POST', body })
    expect(await post('{"workflow":')).toEqual([400, 'bad_request'])
    expect(await post('{"workflow":"x","__proto__":{"a":1}}')).toEqual([400, 'bad_request'])
    expect(await post(`{"workflow":"x","params":{"a":${levels(200_000)}}}`)).toEqual([400, 'bad_request'])
    expect(await ask('default/runs', { headers: {} })).toEqual([401, 'unauthorized'])
    expect((await stat(join(engine.data, 'token'))).mode & 0o777).toBe(0o600)
  })
})

test('a workflow that calls itself ends with words', async () => {
  const run = await ended(client(), await start(client(), 'name: self\nsteps: {x: {workflow: self}}\n'))
  expect(run.result?.error?.message).toMatch(/nested 32 deep/)
})
