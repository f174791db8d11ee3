import { spawn } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { build } from 'vite'

/**
 * Bundles a file for tests that need it in a process of its own.
 * @param entry absolute path of a TypeScript file
 * @returns path of a program for `node`; inside the checkout, where it finds the packages. The caller deletes its folder
 */
export async function bundleProgram(entry: string): Promise<string> {
  const root = join(import.meta.dirname, '../../../..')
  const outDir = await mkdtemp(join(root, 'node_modules/.weir-test-'))
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    publicDir: false,
    ssr: { noExternal: true, external: ['@photostructure/sqlite'] },
    build: {
      ssr: entry,
      outDir,
      emptyOutDir: false,
      target: 'node20.18',
      minify: false,
      rollupOptions: { output: { format: 'cjs', entryFileNames: '[name].cjs' } },
    },
  })
  return join(outDir, `${basename(entry, '.ts')}.cjs`)
}

/** A process of a test: its lines of output so far, and its end. */
export interface Child {
  readonly lines: readonly string[]
  /** Resolves with the line that comes first from now on, or null when the process ended. */
  nextLine(): Promise<string | null>
  kill(): void
  readonly ended: Promise<{ code: number | null; signal: string | null; stderr: string }>
}

export function startProgram(program: string, args: readonly string[], nodeOptions: readonly string[] = []): Child {
  const child = spawn(process.execPath, [...nodeOptions, program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const lines: string[] = []
  let waiting: ((line: string | null) => void)[] = []
  const tell = (line: string | null): void => {
    const told = waiting
    waiting = []
    for (const resolve of told) resolve(line)
  }
  let rest = ''
  let stderr = ''
  let over = false
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  child.stdout.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split('\n')
    rest = parts.pop() ?? ''
    for (const line of parts) {
      lines.push(line)
      tell(line)
    }
  })
  const ended = new Promise<{ code: number | null; signal: string | null; stderr: string }>((resolve) => {
    child.on('close', (code, signal) => {
      over = true
      tell(null)
      resolve({ code, signal, stderr })
    })
  })
  return {
    lines,
    nextLine: () => (over ? Promise.resolve(null) : new Promise((resolve) => waiting.push(resolve))),
    kill: () => child.kill('SIGKILL'),
    ended,
  }
}
