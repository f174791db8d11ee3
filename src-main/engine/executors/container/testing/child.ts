import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'vite'
import type { Job, Report } from '../../executor.ts'

const ROOT = resolve(import.meta.dirname, '../../../../..')

/** `engine-child.ts` as a program that plain Node runs. */
export interface ChildProgram {
  start(folder: string, host: string, job: Job): Promise<EngineChild>
  remove(): Promise<void>
}

export interface EngineChild {
  readonly reports: Report[]
  /** As a power cut does it: no signal handler runs. Resolves when it is gone. */
  killHard(): Promise<void>
}

export async function buildChild(): Promise<ChildProgram> {
  const out = await mkdtemp(join(tmpdir(), 'weir-child-'))
  await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    ssr: { noExternal: true, external: ['dockerode', '@photostructure/sqlite'] },
    build: {
      ssr: join(import.meta.dirname, 'engine-child.ts'),
      target: 'node20.18',
      outDir: out,
      rollupOptions: { output: { format: 'cjs', entryFileNames: 'child.cjs' } },
    },
  })
  await symlink(join(ROOT, 'node_modules'), join(out, 'node_modules'))
  return {
    async start(folder, host, job) {
      const file = join(folder, `${job.token}.json`)
      await writeFile(file, JSON.stringify(job))
      const child = spawn(process.execPath, [join(out, 'child.cjs'), folder, host, file], {
        stdio: ['pipe', 'pipe', 'inherit'],
      })
      return engineChild(child)
    },
    remove: () => rm(out, { recursive: true, force: true }),
  }
}

function engineChild(child: ChildProcess): EngineChild {
  const reports: Report[] = []
  const exited = new Promise<void>((gone) => child.once('exit', () => gone()))
  if (child.stdout !== null)
    createInterface(child.stdout).on('line', (line) => reports.push(JSON.parse(line) as Report))
  return {
    reports,
    async killHard() {
      child.kill('SIGKILL')
      await exited
    },
  }
}
