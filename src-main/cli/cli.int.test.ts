import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Run } from '../../src-shared/contract/index.ts'
import { until, Weir } from './weir.test-process.ts'

const GREET = `name: greet
description: Says hello
params:
  who: { type: string, default: world }
  times: { type: integer, default: 2, minimum: 1 }
  letter: { type: file, required: false }
files: ['*.txt']
steps:
  hello:
    run: |
      echo "hello \${{ params.who }}"
      echo "a complaint" >&2
      cat words.txt > page.txt
      echo '{"n": \${{ params.times }}}' > n.json
    outputs:
      page: { files: page.txt }
      n: { json: n.json }
  many:
    needs: hello
    forEach: [1, 2, 3]
    run: echo "item \${{ item }}"
outputs:
  n: \${{ steps.hello.outputs.n }}
`
const step = (name: string, run: string): string => `name: ${name}\nsteps:\n  only:\n    run: ${JSON.stringify(run)}\n`

let weir: Weir
beforeAll(async () => {
  weir = await Weir.create()
  await mkdir(join(weir.folder, 'greet'))
  await writeFile(join(weir.folder, 'greet/weir.yaml'), GREET)
  await writeFile(join(weir.folder, 'greet/words.txt'), 'some words\n')
  await writeFile(join(weir.folder, 'fails.yaml'), step('fails', 'echo broken >&2; exit 3'))
  await writeFile(join(weir.folder, 'sleeps.yaml'), step('sleeps', 'sleep 300'))
})
afterAll(async () => await weir.remove())

describe('without an engine', () => {
  it('status says that none runs, as words and as JSON', async () => {
    expect(await weir.run(['boot', 'status'])).toMatchObject({
      code: 4,
      out: expect.stringContaining('No engine runs') as string,
    })
    expect(await weir.json(['boot', 'status'])).toEqual({ running: false, data: weir.data })
  })

  it('version needs none', async () => {
    expect(await weir.run(['version'])).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringMatching(/^weir \d/) as string,
    })
    expect((await weir.run(['--version'])).code).toBe(0)
  })

  it('run start --wait starts one, prints one document, and stops it again', async () => {
    const { code, out, err } = await weir.run(['run', 'start', 'greet', '--wait', '-o', 'json'])
    expect(err).toMatch(/No engine runs in .*: starting one/)
    expect(err).toContain('is stopped')
    expect(code).toBe(0)
    const run = JSON.parse(out) as Run
    expect(run).toMatchObject({ status: 'succeeded', result: { outputs: { n: { n: 2 } }, error: null } })
    expect(run.steps.find((each) => each.key === 'many[2]')).toMatchObject({
      name: 'many',
      index: 2,
      status: 'succeeded',
      executions: [
        {
          attempt: 1,
          status: 'succeeded',
          executor: 'process',
          exitCode: 0,
          startedAt: expect.stringMatching(/Z$/) as string,
          finishedAt: expect.stringMatching(/Z$/) as string,
        },
      ],
    })
    expect((await weir.run(['boot', 'status'])).code).toBe(4)
  })

  it('an address where nobody answers is exit code 4', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await until(
      () => server.listening,
      () => 'a free port',
    )
    const address = server.address()
    await new Promise((done) => server.close(done))
    const port = typeof address === 'object' ? address?.port : 0
    const { code, err } = await weir.at(`http://127.0.0.1:${port}`, null, ['run', 'list'])
    expect(code).toBe(4)
    expect(err).toContain(`No engine answers at http://127.0.0.1:${port}`)
    expect((await weir.run(['--engine', `http://127.0.0.1:${port}`, 'run', 'list'])).code).toBe(2) // --data names another
  })
})

describe('with an engine', () => {
  it('boot up --daemon starts it', async () => {
    expect(await weir.run(['boot', 'up', '--daemon', '--listen', '127.0.0.1:0'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('The engine runs') as string,
    })
  })

  it('boot up again finds it, status tells where it is', async () => {
    expect(await weir.run(['boot', 'up', '--daemon'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('runs already') as string,
    })
    expect(await weir.json(['boot', 'status'])).toMatchObject({ running: true, data: weir.data })
  })

  it('answers at its address to who has the token', async () => {
    const { listen } = (await weir.json(['boot', 'status'])) as { listen: string[] }
    const url = listen.find((address) => address.startsWith('http')) ?? ''
    const token = (await readFile(join(weir.data, 'token'), 'utf8')).trim()
    expect(await weir.at(url, token, ['version'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^engine \d/m) as string,
    })
    expect((await weir.at(url, 'wrong', ['run', 'list'])).code).toBe(5)
    expect((await weir.at(url, null, ['run', 'list'])).code).toBe(5)
  })

  it('validate shows faults in their place', async () => {
    await writeFile(
      join(weir.folder, 'bad.yaml'),
      'name: bad\nsteps:\n  fit:\n    needs: spilt\n    run: echo\n  split:\n    run: echo\n',
    )
    const { code, err } = await weir.run(['workflow', 'validate', 'bad.yaml'])
    expect(code).toBe(6)
    expect(err).toMatch(/^bad\.yaml:4:\d+ {2}error/m)
    expect(err).toMatch(/^ {2}4 \| {5}needs: spilt\n {4}\| {12}\^/m)
    expect(await weir.json(['workflow', 'validate', 'bad.yaml'])).toMatchObject({ valid: false })
    expect(await weir.run(['workflow', 'validate', '-'], step('good', 'true'))).toMatchObject({
      code: 0,
      out: expect.stringContaining('valid') as string,
    })
    const refused = await weir.run(['run', 'start', 'bad.yaml'])
    expect(refused.code).toBe(6)
    expect(refused.err).toContain('needs: spilt')
  })

  it('workflows are applied, listed, inspected, exported and deleted', async () => {
    expect(await weir.run(['workflow', 'apply', 'greet'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('unchanged') as string,
    })
    expect((await weir.run(['workflow', 'list'])).out).toMatch(/greet +1 +2 /)
    expect((await weir.run(['workflow', 'list', '-q'])).out).toContain('greet\n')
    expect((await weir.run(['workflow', 'inspect', 'greet'])).out).toContain('words.txt')
    expect((await weir.run(['workflow', 'export', 'greet', '--dir', 'copy'])).code).toBe(0)
    expect(await readFile(join(weir.folder, 'copy/weir.yaml'), 'utf8')).toBe(GREET)
    expect(await readFile(join(weir.folder, 'copy/words.txt'), 'utf8')).toBe('some words\n')
    expect(await weir.run(['workflow', 'export', 'greet', '--dir', 'copy'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('there already') as string,
    })
    await weir.run(['workflow', 'apply', '-'], step('gone', 'true'))
    expect(await weir.run(['workflow', 'delete', 'gone'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--yes') as string,
    })
    expect((await weir.run(['workflow', 'delete', 'gone', '--yes'])).code).toBe(0)
    expect((await weir.run(['workflow', 'inspect', 'gone'])).code).toBe(3)
  })

  it('a run is started, watched, listed, and looked into', async () => {
    await writeFile(join(weir.folder, 'letter.txt'), 'dear reader\n')
    const started = await weir.run([
      'run',
      'start',
      'greet',
      '-q',
      '-p',
      'who=Ana',
      '-p',
      'times=7',
      '-p',
      'letter=letter.txt',
    ])
    const id = started.out.trim()
    expect(id).toMatch(/^[2-9a-z]{8}$/)
    expect(await weir.run(['run', 'watch', id])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/● hello {2}succeeded[\s\S]*Run .* succeeded after/) as string,
    })
    expect((await weir.run(['run', 'list', '--status', 'succeeded'])).out).toContain(id)
    expect((await weir.run(['run', 'inspect', id])).out).toMatch(/hello +● succeeded/)
    expect(await weir.json(['run', 'inspect', id])).toMatchObject({
      id,
      params: { who: 'Ana', letter: { kind: 'asset', files: [{ path: 'letter.txt', size: 12 }] } },
    })
    expect(await weir.json(['run', 'result', id])).toMatchObject({ status: 'succeeded', outputs: { n: { n: 7 } } })
    expect((await weir.run(['run', 'why', id])).code).toBe(0)
    expect((await weir.run(['run', 'logs', id, '--step', 'hello', '--stream', 'stdout'])).out).toBe('hello Ana\n')
    expect((await weir.run(['run', 'logs', id])).out).toContain('many[1] | item 2')
    const documents = (await weir.run(['run', 'logs', id, '-o', 'json'])).out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { text: string })
    expect(documents.map((line) => line.text)).toContain('a complaint')
  })

  it('assets are listed and fetched, checked against their digest', async () => {
    const run = (await weir.json(['run', 'start', 'greet', '--wait'])) as Run
    expect((await weir.run(['asset', 'list', run.id])).out).toContain('page.txt')
    const { files } = (await weir.json(['asset', 'get', run.id, '--output', 'page', '--dir', 'results'])) as {
      files: { path: string; digest: string }[]
    }
    const body = await readFile(files[0]?.path ?? '')
    expect(body.toString()).toBe('some words\n')
    expect(createHash('sha256').update(body).digest('hex')).toBe(files[0]?.digest)
    expect((await weir.run(['asset', 'get', run.id, '--file', 'page.txt', '-O', '-'])).out).toBe('some words\n')
    expect(await weir.run(['asset', 'get', run.id, '--output', 'none'])).toMatchObject({ code: 3 })
  })

  it('a failed run is exit code 1, says why, and can be run again', async () => {
    const { code, out } = await weir.run(['run', 'start', 'fails.yaml', '--wait'])
    expect(code).toBe(1)
    expect(out).toMatch(/failed after/)
    expect(out).toContain('exit code 3')
    expect(out).toContain('| broken')
    const id = /Run (\w{8}) failed/.exec(out)?.[1] ?? ''
    expect((await weir.run(['run', 'rerun', id, '--wait', '-q'])).code).toBe(1)
    expect(await weir.json(['run', 'inspect', id])).toMatchObject({
      steps: [{ executions: [{ attempt: 1 }, { attempt: 2 }] }],
    })
    expect((await weir.run(['run', 'delete', id, '--yes'])).code).toBe(0)
    expect(await weir.run(['run', 'inspect', id])).toMatchObject({
      code: 3,
      err: expect.stringContaining('run_not_found') as string,
    })
  })

  it('a run is cancelled, which whoever waits is told by exit code 7', async () => {
    const waiting = weir.start(['run', 'start', 'sleeps.yaml', '--wait'])
    await waiting.says(/only {2}running/)
    const id = /run (\w{8})/.exec(waiting.text())?.[1] ?? ''
    expect(await weir.run(['run', 'result', id])).toMatchObject({ code: 8 })
    expect(await weir.run(['run', 'watch', id, '--timeout', '200ms'])).toMatchObject({
      code: 8,
      err: expect.stringContaining('goes on') as string,
    })
    expect((await weir.run(['run', 'cancel', id, '--wait', '-q'])).code).toBe(0)
    expect((await waiting.ended).code).toBe(7)
  })

  it('Ctrl-C in a pipe detaches and leaves the run alone', async () => {
    const waiting = weir.start(['run', 'start', 'sleeps.yaml', '--wait'])
    await waiting.says(/only {2}running/)
    const id = /run (\w{8})/.exec(waiting.text())?.[1] ?? ''
    waiting.child.kill('SIGINT')
    expect(await waiting.ended).toMatchObject({
      code: 130,
      err: expect.stringContaining(`weir run watch ${id}`) as string,
    })
    expect(await weir.json(['run', 'inspect', id])).toMatchObject({ status: 'running' })
    await weir.run(['run', 'cancel', id, '--wait'])
  })

  it('wrong usage, wrong parameters and unknown things have their exit codes', async () => {
    expect((await weir.run(['run', 'lsit'])).code).toBe(2)
    expect((await weir.run(['run', 'list', '--limit', 'many'])).code).toBe(2)
    expect(await weir.run(['run', 'start', 'greet', '-p', 'tmies=3'])).toMatchObject({
      code: 6,
      err: expect.stringContaining('Did you mean times?') as string,
    })
    expect((await weir.run(['run', 'start', 'greet', '-p', 'times=0'])).code).toBe(6)
    expect((await weir.run(['run', 'start', 'greet', '-p', 'letter=absent.txt'])).code).toBe(3)
    expect((await weir.run(['run', 'inspect', '22222222'])).code).toBe(3)
    expect((await weir.run(['run', 'start', 'absent.yaml'])).code).toBe(3)
    const { err } = await weir.run(['run', 'inspect', '22222222', '-o', 'json'])
    expect(JSON.parse(err)).toMatchObject({ code: 'run_not_found', status: 404 })
  })

  it('an approval is told in a pipe, answered by a command, and its answer reaches the run', async () => {
    const approval =
      'name: asks\nsteps:\n  review:\n    approval:\n      message: Is it good?\n      form:\n        rate: { type: number }\noutputs:\n  rate: ${{ steps.review.outputs.rate }}\n'
    await writeFile(join(weir.folder, 'asks.yaml'), approval)
    const waiting = weir.start(['run', 'start', 'asks.yaml', '--wait'])
    await waiting.says(/Answer with: weir run approve \w{8} review/)
    const id = /approve (\w{8})/.exec(waiting.text())?.[1] ?? ''
    expect((await weir.run(['run', 'approve', id, '--answer', 'rate=fast'])).code).toBe(6)
    expect((await weir.run(['run', 'approve', id, '--answer', 'rate=0.5'])).code).toBe(0)
    expect(await waiting.ended).toMatchObject({ code: 0, out: expect.stringMatching(/rate +0\.5/) as string })
    expect((await weir.run(['run', 'approve', id])).code).toBe(1)
  })

  it('events, audit, doctor and completion answer', async () => {
    const events = (await weir.run(['events', '--limit', '5', '-o', 'json'])).out.trim().split('\n')
    expect(events.length).toBeGreaterThanOrEqual(5)
    expect(events.length).toBeLessThan(50)
    expect(JSON.parse(events[0] ?? '')).toMatchObject({ type: 'run.created' })
    expect((await weir.run(['audit', 'list', '--action', 'runs.start'])).out).toContain('runs.start')
    expect([0, 1]).toContain((await weir.run(['doctor'])).code)
    expect((await weir.json(['doctor'])) as object).toHaveProperty('findings')
    expect((await weir.bare(['__complete', '--data', weir.data, 'workflow', 'inspect', 'gr'])).out).toBe(
      'greet\tSays hello\n',
    )
    const { out } = await weir.run(['completion', 'bash'])
    expect(out).toContain('complete -F _weir weir')
  })

  it('waits through a restart of a killed engine, saying so once', async () => {
    await writeFile(
      join(weir.folder, 'gate.yaml'),
      step('gate', `while [ ! -e '${weir.folder}/open' ]; do sleep 0.05; done; echo through`),
    )
    const waiting = weir.start(['run', 'start', 'gate.yaml', '--wait'])
    await waiting.says(/only {2}running/)
    const { pid } = (await weir.json(['boot', 'status'])) as { pid: number }
    process.kill(pid, 'SIGKILL')
    await waiting.says(/The engine does not answer/)
    await waiting.says(/The engine is back/)
    await writeFile(join(weir.folder, 'open'), '')
    const { code, err } = await waiting.ended
    expect(code).toBe(0)
    expect(err.match(/does not answer/g)).toHaveLength(1)
  })
})

describe('a reader that leaves', () => {
  it('ends the program without a word', async () => {
    await writeFile(join(weir.folder, 'talks.yaml'), step('talks', 'seq 1 200000'))
    const id = (await weir.run(['run', 'start', 'talks.yaml', '--wait', '-q', '-o', 'json'])).out
    const reading = weir.start(['run', 'logs', (JSON.parse(id) as Run).id])
    await reading.says(/only \| 1\n/)
    reading.child.stdout?.destroy()
    expect(await reading.ended).toMatchObject({ code: 0, err: '' })
  })

  it('follows a run through a killed engine, every line once', async () => {
    await writeFile(
      join(weir.folder, 'counts.yaml'),
      step('counts', `for i in $(seq 1 60); do echo "line $i"; sleep 0.05; done`),
    )
    const following = weir.start(['run', 'start', 'counts.yaml', '--follow'])
    await following.says(/line 10\n/)
    const { pid } = (await weir.json(['boot', 'status'])) as { pid: number }
    process.kill(pid, 'SIGKILL')
    const { code, out } = await following.ended
    expect(code).toBe(0)
    expect(out.match(/^only \| line \d+$/gm)).toEqual(
      Array.from({ length: 60 }, (_, index) => `only | line ${index + 1}`),
    )
  })
})

describe.runIf(process.platform === 'linux')('in a terminal', () => {
  it('draws the tree in place, and Ctrl-C asks: c cancels', async () => {
    const waiting = weir.startInTerminal(['run', 'start', 'sleeps.yaml', '--wait'])
    await waiting.says(/[◐◓◑◒].* only/)
    waiting.child.stdin?.write('\u0003')
    await waiting.says(/Detach \(d\), cancel the run \(c\)/)
    waiting.child.stdin?.write('c\n')
    const { code } = await waiting.ended
    expect(code).toBe(7)
    expect(waiting.text()).toContain('\u001b[?25h') // the cursor is visible again
  })

  it('asks for an approval and its form', async () => {
    const waiting = weir.startInTerminal(['run', 'start', 'asks.yaml', '--wait'])
    await waiting.says(/Approve \(y\)/)
    waiting.child.stdin?.write('y\n')
    await waiting.says(/rate \(number\)/)
    waiting.child.stdin?.write('0.25\n')
    expect((await waiting.ended).code).toBe(0)
    expect(waiting.text()).toMatch(/rate +0\.25/)
  })
})
