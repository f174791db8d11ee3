import type { Command } from 'commander'
import { type Candidate, complete, type Lookup } from './complete.ts'
import type { Globals } from './context.ts'

/** A person waits for the Tab key: an engine that is slower than this gives no candidates. */
const PATIENCE_MS = 1500
const SHOWN_RUNS = 50

/** Prints the candidates for an unfinished command line; asks the engine where one runs, never starts one. */
export async function printCompletions(program: Command, words: readonly string[]): Promise<void> {
  program.exitOverride().configureOutput({ writeErr: () => undefined })
  const lines = await complete(program, words, lookupWith(globalsOf(program, words)))
  process.stdout.write(lines.map((line) => `${line}\n`).join(''))
}

/** The global options among the words, as far as they are finished. */
function globalsOf(program: Command, words: readonly string[]): Globals {
  program.parseOptions(words.slice(0, -1))
  return program.opts<Globals>()
}

function lookupWith(globals: Globals): Lookup {
  return {
    runs: () =>
      ask(globals, async ({ client, routes, project }, signal) => {
        const page = await client.call(
          routes.runs.list,
          { params: { project }, query: { limit: SHOWN_RUNS } },
          { signal },
        )
        return page.items.map((run) => ({ value: run.id, about: `${run.workflow} ${run.status}` }))
      }),
    workflows: () =>
      ask(globals, async ({ client, routes, project }, signal) => {
        const page = await client.call(
          routes.workflows.list,
          { params: { project }, query: { limit: 1000 } },
          { signal },
        )
        return page.items.map((each) => ({ value: each.name, about: each.description ?? '' }))
      }),
    projects: () =>
      ask(globals, async ({ client, routes }, signal) => {
        const page = await client.call(routes.projects.list, {}, { signal })
        return page.items.map((each) => ({ value: each.name, about: each.description }))
      }),
    workspaces: () =>
      ask(globals, async ({ client, routes, project }, signal) => {
        const page = await client.call(routes.workspaces.list, { params: { project } }, { signal })
        return page.items.map((each) => ({ value: each.name, about: each.base === null ? '' : `on ${each.base}` }))
      }),
    modules: () =>
      ask(globals, async ({ client, routes, project }, signal) => {
        const page = await client.call(routes.targets.modules, { params: { project } }, { signal })
        return page.items.map((each) => ({ value: each.module, about: each.language }))
      }),
    targets: () =>
      ask(globals, async ({ client, routes, project }, signal) => {
        const page = await client.call(routes.targets.list, { params: { project }, query: { limit: 1000 } }, { signal })
        return page.items.map((each) => ({ value: each.path, about: each.kind }))
      }),
    workers: () =>
      ask(globals, async ({ client, routes, project }, signal) => {
        const { items } = await client.call(routes.workers.list, { params: { project } }, { signal })
        return items.map((each) => ({ value: each.id, about: `${each.name} ${Object.keys(each.hosts).join(', ')}` }))
      }),
    pools: () =>
      ask(globals, async ({ client, routes, project }, signal) => {
        const { items } = await client.call(routes.pools.list, { params: { project } }, { signal })
        return items.map((each) => ({ value: each.name, about: each.command ?? each.modules.join(' ') }))
      }),
    steps: (run) =>
      ask(globals, async ({ client, routes, project }, signal) => {
        const found = await client.call(routes.runs.get, { params: { project, run } }, { signal })
        return found.steps.map((step) => ({ value: step.key, about: step.status }))
      }),
  }
}

type Session = Awaited<ReturnType<typeof import('./connect.ts')['connectRunning']>>

async function ask(
  globals: Globals,
  question: (session: NonNullable<Session>, signal: AbortSignal) => Promise<Candidate[]>,
): Promise<Candidate[]> {
  const [{ connectRunning }, { Output }] = await Promise.all([import('./connect.ts'), import('./output.ts')])
  try {
    const session = await connectRunning({ globals, output: new Output('table', true), source: null })
    return session === null ? [] : await question(session, AbortSignal.timeout(PATIENCE_MS))
  } catch {
    return [] // whatever is wrong, pressing Tab is not the moment to say it
  }
}
