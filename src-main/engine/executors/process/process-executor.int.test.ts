import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { executionFolder } from '../folder.ts'
import { prepareFolder } from '../prepare.ts'
import { type TestData, testData, testJob } from '../test-job.ts'
import { readStat } from './identity.ts'
import { CLAIM_TAKEN, launch } from './launcher.ts'
import { type LocalExecutor, localExecutor, logOf, until } from './test-executor.ts'

let data: TestData
let local: LocalExecutor
beforeEach(() => {
  data = testData()
  local = localExecutor(data)
})
afterEach(async () => {
  await local.executor.close()
  data[Symbol.dispose]()
})

const lives = (pid: number): boolean => !['Z', 'X', undefined].includes(readStat(pid)?.state)
const readText = (path: string): string | null => (existsSync(path) ? readFileSync(path, 'utf8') : null)

describe('a command that ends well', () => {
  it('leaves its outputs and its log, and no working folder', async () => {
    const command = 'echo out; echo err >&2; echo "{\\"n\\": $WEIR_INPUT_N}" > n.json; mkdir d; echo body > d/a.txt'
    const outputs = { n: { json: 'n.json' }, files: { files: '**/*.txt' } }
    const job = testJob(data.root, 'a', { command, outputs }, { n: 41 })
    const outcome = await local.run(job)
    expect(outcome).toMatchObject({
      status: 'succeeded',
      exitCode: 0,
      outputs: { n: { n: 41 }, files: { kind: 'asset', files: [{ path: 'd/a.txt', size: 5 }] } },
    })
    expect(outcome.usage?.cpuMs).toBeGreaterThanOrEqual(0)
    expect(local.reports.of('a').map(({ type }) => type)).toEqual(['started', 'finished'])
    expect((await logOf(job)).sort()).toEqual(['err', 'out'])
    await until('the working folder is deleted', () => !existsSync(executionFolder(job.folder).work))
  })

  it('gets its arguments as they are', async () => {
    const args = ['$HOME', '`id`', '; exit 1', "a'b", '', '*', '\\n', '-n', 'ü', '\n']
    const job = testJob(data.root, 'a', { command: ['printf', '%s|', ...args] })
    expect(await local.run(job)).toMatchObject({ status: 'succeeded' })
    expect(readText(executionFolder(job.folder).stdout)).toBe(`${args.join('|')}|`)
  })

  it('gets little of the engine environment, and its own', async () => {
    process.env.WEIR_TEST_SECRET = 'of the engine'
    process.env.ELECTRON_RUN_AS_NODE = '1' // set when the desktop runs the engine
    const job = testJob(data.root, 'a', { command: ['env'], env: { OWN: 'x=y', status: 's' } })
    await local.run(job)
    delete process.env.WEIR_TEST_SECRET
    delete process.env.ELECTRON_RUN_AS_NODE
    const lines = await logOf(job)
    expect(lines).toEqual(expect.arrayContaining(['OWN=x=y', 'status=s', 'WEIR_STEP=work', `PATH=${process.env.PATH}`]))
    expect(lines.join('\n')).not.toContain('of the engine')
    expect(lines.filter((line) => /^_weir|^BASH_|^NODE_|^ELECTRON_/.test(line))).toEqual([])
  })

  it('has what it left running ended with it', async () => {
    const job = testJob(data.root, 'a', { command: 'sleep 1000 & echo $!' })
    expect(await local.run(job)).toMatchObject({ status: 'succeeded' })
    const [pid] = await logOf(job)
    await until('the sleep is gone', () => !lives(Number(pid)))
  })

  it('shows how much memory it used', async () => {
    const hold = 'const b = Buffer.alloc(150e6, 1); setTimeout(() => b.length, 1500)'
    const outcome = await local.run(testJob(data.root, 'a', { command: [process.execPath, '-e', hold] }))
    expect(outcome.usage?.peakMemoryBytes).toBeGreaterThan(150e6)
    expect(outcome.usage?.peakMemoryBytes).toBeLessThan(1e9)
  })

  it('may write a million lines, and bytes that are no text', async () => {
    const job = testJob(data.root, 'a', { command: 'seq 1000000; printf "\\377\\n"' })
    expect(await local.run(job)).toMatchObject({ status: 'succeeded' })
    const lines = await logOf(job)
    expect(lines.length).toBe(1_000_001)
    expect(lines.pop()).toBe('\uFFFD')
    expect(lines.findIndex((text, i) => text !== String(i + 1))).toBe(-1)
  })
})

describe('a command that fails', () => {
  it('says its exit code and the end of stderr, without secrets', async () => {
    const command = 'seq 2000 >&2; echo "key hunter22" >&2; exit 3'
    const job = testJob(data.root, 'a', { command, secrets: ['hunter22'] })
    const outcome = await local.run(job)
    expect(outcome).toMatchObject({ status: 'failed', kind: 'error', exitCode: 3, error: { code: 'exit_code' } })
    expect(outcome.error?.details).toMatch(/\n1999\n2000\nkey \*\*\*$/)
    expect(existsSync(executionFolder(job.folder).work)).toBe(true)
  })

  it('stops at the first line that fails', async () => {
    const job = testJob(data.root, 'a', { command: 'echo one\nfalse\necho two' })
    expect(await local.run(job)).toMatchObject({ status: 'failed', exitCode: 1 })
    expect(await logOf(job)).toEqual(['one'])
  })

  it('by a signal names it, and stderr holds only what the command wrote', async () => {
    const job = testJob(data.root, 'a', { command: 'echo dying >&2; kill -SEGV $$' })
    const outcome = await local.run(job)
    expect(outcome).toMatchObject({ status: 'failed', signal: 'SIGSEGV', error: { code: 'signal', details: 'dying' } })
    expect(await logOf(job)).toEqual(['dying'])
  })

  it('because there is nothing to start says what and how to help', async () => {
    const long = ['echo', 'x'.repeat(3_000_000)]
    const cases = [
      [{ command: ['nonesuch-program'] }, 'command_not_found'],
      [{ command: 'nonesuch-program --now' }, 'command_not_found'],
      [{ command: ['exit', '3'] }, 'command_not_found'],
      [{ command: ['./missing.sh'] }, 'command_not_found'],
      [{ command: ['./inputs.json'] }, 'command_not_executable'],
      [{ command: './inputs.json' }, 'command_not_executable'],
      [{ workdir: 'missing' }, 'workdir_missing'],
      [{ workdir: '../..' }, 'workdir_outside'],
      [{ command: long }, 'arguments_too_large'],
      [{ outputs: { o: { json: '../../x.json' } } }, 'output_outside'],
    ] as const
    for (const [i, [over, code]] of cases.entries()) {
      const outcome = await local.run(testJob(data.root, `t${i}`, over))
      expect([code, outcome]).toEqual([code, expect.objectContaining({ status: 'failed', kind: 'error' })])
      expect(outcome.error?.code).toBe(code)
      expect(outcome.error?.fix).toMatch(/./)
    }
  })

  it('because its launcher was killed is abandoned, and nothing of it runs on', async () => {
    const job = testJob(data.root, 'a', { command: 'sleep 1000 & echo $!; wait' })
    local.executor.start(job)
    const { detail } = await local.reports.first('a', 'started')
    const pid = Number(await until('the pid is written', () => readText(executionFolder(job.folder).stdout)?.trim()))
    process.kill(Number(detail.replace('pid ', '')), 'SIGKILL')
    expect(await local.reports.outcome('a')).toMatchObject({ status: 'failed', kind: 'abandoned' })
    expect(lives(pid)).toBe(false)
  })
})

describe('kill', () => {
  const pidsIn = (text: string | null, count: number): number[] | null => {
    const pids = text?.trim().split('\n').map(Number) ?? []
    return pids.length === count ? pids : null
  }

  it('ends a tree that ignores TERM, also what made a process group of its own', async () => {
    const ignore = `trap "" TERM; echo $$; while :; do sleep 0.1; done`
    const own = `import os,time,signal; os.setpgid(0, 0); signal.signal(15, signal.SIG_IGN); print(os.getpid(), flush=True); time.sleep(1000)`
    const command = `trap "" TERM; sh -c '${ignore}' & python3 -c '${own}' & echo $$; wait`
    const job = testJob(data.root, 'a', { command })
    local.executor.start(job)
    const pids = await until('three wrote their pid', () => pidsIn(readText(executionFolder(job.folder).stdout), 3))
    expect(pids.every(lives)).toBe(true)
    local.executor.kill('a', 100)
    expect(await local.reports.outcome('a')).toMatchObject({ status: 'cancelled' })
    expect(pids.filter(lives)).toEqual([])
    expect(local.reports.of('a').map(({ type }) => type)).toEqual(['started', 'finished'])
  })

  it('gives children time to end politely, though their parent has ended', async () => {
    const polite = `trap "sleep 0.5; echo cleaned; exit" TERM; echo ready; while :; do sleep 0.05; done`
    const job = testJob(data.root, 'a', { command: `sh -c '${polite}'\necho never` })
    local.executor.start(job)
    await until('it is ready', () => readText(executionFolder(job.folder).stdout)?.includes('ready'))
    local.executor.kill('a', 20_000)
    expect(await local.reports.outcome('a')).toMatchObject({ status: 'cancelled' })
    const lines = await logOf(job)
    expect(lines).toContain('cleaned')
    expect(lines).not.toContain('never')
  })

  it('becomes force at once when it is asked again without grace', async () => {
    const job = testJob(data.root, 'a', { command: 'trap "" TERM; echo ready; while :; do sleep 0.05; done' })
    local.executor.start(job)
    await until('it is ready', () => readText(executionFolder(job.folder).stdout)?.includes('ready'))
    local.executor.kill('a', 3_600_000)
    local.executor.kill('a', 0)
    expect(await local.reports.outcome('a')).toMatchObject({ status: 'cancelled', signal: 'SIGKILL' })
  })

  it('before it started means that it never will', async () => {
    const job = testJob(data.root, 'a', { command: `touch ${join(data.root, 'ran')}` })
    local.executor.start(job)
    local.executor.kill('a', 1000)
    expect(await local.reports.outcome('a')).toEqual({ status: 'cancelled' })
    const other = localExecutor(data)
    other.executor.start(job)
    await other.reports.first('a', 'lost')
    expect(existsSync(join(data.root, 'ran'))).toBe(false)
  })

  it('of something that has ended, or never was, does nothing', async () => {
    await local.run(testJob(data.root, 'a'))
    local.executor.kill('a', 0)
    local.executor.kill('unknown', 0)
    expect(local.reports.of('a').length).toBe(2)
  })
})

describe('the claim', () => {
  it('lets one of many launchers start the command', async () => {
    const marks = join(data.root, 'marks')
    for (let i = 0; i < 10; i++) {
      const job = testJob(data.root, `t${i}`)
      await prepareFolder(job, data.blobs)
      const folder = executionFolder(job.folder)
      const argv = ['/bin/sh', '-c', `echo ${i} >> ${marks}`]
      const codes = await Promise.all(
        Array.from({ length: 6 }, () => {
          const child = launch(folder, { argv, env: { PATH: '/usr/bin:/bin' }, cwd: folder.work })
          return new Promise((done) => child.once('exit', done))
        }),
      )
      // The one that ran ends by its own SIGKILL, without a code.
      expect(codes.filter((code) => code === CLAIM_TAKEN).length).toBe(5)
      expect(codes.filter((code) => code === null).length).toBe(1)
    }
    expect(readText(marks)).toBe('0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n')
  })

  it('makes a second executor watch what the first one started', async () => {
    const mark = join(data.root, 'mark')
    const job = testJob(data.root, 'a', { command: `echo x >> ${mark}; sleep 0.3` })
    const other = localExecutor(data)
    local.executor.start(job)
    other.executor.start(job)
    const outcomes = await Promise.all([local.reports.outcome('a'), other.reports.outcome('a')])
    expect(outcomes.map(({ status }) => status)).toEqual(['succeeded', 'succeeded'])
    expect(readText(mark)).toBe('x\n')
    await other.executor.close()
  })
})

/** A file system of its own, of 1 MB. False where mounting is not allowed. */
function mountSmall(folder: string): boolean {
  mkdirSync(folder)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' })
    return true
  } catch {
    // No right to, or no such program.
    return false
  }
}

describe('a full disk', () => {
  it('fails the step with words, and its exit code is known all the same', async ({ skip }) => {
    const small = join(data.root, 'small')
    if (!mountSmall(small)) skip('mounting a small file system is not allowed here')
    try {
      const command = 'head -c 3000000 /dev/zero > big || exit 9'
      expect(await local.run(testJob(small, 'a', { command }))).toMatchObject({ status: 'failed', exitCode: 9 })
      const { error } = await local.run(testJob(small, 'b'))
      expect(error?.code).toBe('disk_full')
      expect(error?.fix).toContain('space')
    } finally {
      execFileSync('umount', ['-l', small])
    }
  })
})
