import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  type Definition,
  type Draft,
  type DraftContent,
  ProblemError,
  type Workflow,
} from '../../src-shared/contract/index.ts'
import { parseYaml } from '../../src-shared/definition/index.ts'
import type { BackupRecord } from './backup.ts'
import { createDocument } from './document.ts'
import type { DocumentNeeds } from './document-needs.ts'
import type { Opening } from './document-types.ts'
import { createTextWork } from './text-tasks.ts'

const SOURCE = 'name: w\n# kept\nsteps:\n  a: {run: echo}\n'
const ID = '3b8a2f8e-7c55-4f7b-9d1e-3a7d0f4d6a11'
const AT = '2026-01-01T00:00:00.000Z'

const content = (source = SOURCE): DraftContent => ({
  workflow: 'w',
  base: 1,
  origin: null,
  source,
  files: [],
  layout: {},
})

const version = (number: number, source: string): Workflow => ({
  name: String((parseYaml(source).value as { name?: string }).name),
  description: null,
  version: number,
  latest: number,
  digest: '',
  steps: 1,
  code: null,
  createdAt: AT,
  updatedAt: AT,
  lastRun: null,
  source,
  files: [],
  layout: {},
  definition: parseYaml(source).value as Definition,
})

/** An engine in memory, with the same rules of revisions and versions as the real one (src-main/engine/drafts). */
class FakeEngine {
  drafts = new Map<string, Draft>()
  versions: Workflow[] = [version(1, SOURCE)]
  isAway = false
  validations: ((problems: []) => void)[] = []

  #answer(): void {
    if (this.isAway) throw new Error('the engine is away')
  }
  async save(id: string, body: DraftContent, revision: number): Promise<Draft> {
    this.#answer()
    const before = this.drafts.get(id)
    if ((before?.revision ?? 0) !== revision) throw new ProblemError('draft_conflict', 'changed elsewhere')
    const draft = { ...body, id, revision: revision + 1, createdAt: AT, updatedAt: AT }
    this.drafts.set(id, draft)
    return draft
  }
  async get(id: string): Promise<Draft> {
    this.#answer()
    const draft = this.drafts.get(id)
    if (draft === undefined) throw new ProblemError('draft_not_found', 'no such draft')
    return draft
  }
  async publish(source: string, base: number): Promise<Workflow> {
    this.#answer()
    const newest = this.versions.at(-1)?.version ?? 0
    if (base !== newest) throw new ProblemError('workflow_conflict', 'a newer version')
    const next = version(newest + 1, source)
    this.versions.push(next)
    return next
  }
}

let engine = new FakeEngine()
let backups = new Map<string, BackupRecord>()
let failures: string[] = []
let files = new Map<string, string>()
let remembered = new Map<string, string>()

const needs = (): DocumentNeeds => ({
  validate: async () => [],
  saveDraft: (id, body, revision) => engine.save(id, body, revision),
  getDraft: (id) => engine.get(id),
  removeDraft: async (id) => {
    engine.drafts.delete(id)
  },
  publish: ({ source, base }) => engine.publish(source, base),
  getWorkflow: async () => engine.versions.at(-1) ?? null,
  saveFile: async (path, text, digest) => {
    const now = files.get(path) ?? ''
    if (digest !== `digest of ${now}`)
      return { kind: 'changed', document: { path, name: path, text: now, digest: `digest of ${now}` } }
    files.set(path, text)
    return { kind: 'saved', digest: `digest of ${text}` }
  },
  backups: {
    put: (record) => void backups.set(`${record.draft}/${record.window}`, record),
    remove: (draft, window) => void backups.delete(`${draft}/${window}`),
    left: async () => [...backups.values()],
  },
  texts: createTextWork(() => {
    throw new Error('small texts need no worker')
  }),
  newId: async () => crypto.randomUUID(),
  rememberFile: (path, digest) => void remembered.set(path, digest),
  window: 'this',
  now: () => Date.now(),
  sayFailed: (what) => void failures.push(what),
})

const open = (changes: Partial<Opening> = {}) =>
  createDocument(
    {
      id: ID,
      content: content(),
      revision: 0,
      isUnsaved: false,
      theirs: null,
      note: null,
      base: { version: 1, source: SOURCE, value: parseYaml(SOURCE).value, layout: {}, files: [] },
      isReadOnly: false,
      backup: null,
      fileDigest: null,
      ...changes,
    },
    needs(),
  )

const EDIT = [{ path: ['steps', 'a', 'run'], value: 'echo b' }]
const EDITED = SOURCE.replace('echo', 'echo b')

beforeEach(() => {
  vi.useFakeTimers()
  engine = new FakeEngine()
  backups = new Map()
  failures = []
  files = new Map()
  remembered = new Map()
})
afterEach(() => vi.useRealTimers())

describe('a document', () => {
  it('changes the text, reads it, counts what differs, and names what can be undone', () => {
    const store = open()
    const { actions } = store.getState()
    actions.edit('Change a', EDIT)
    expect(store.getState()).toMatchObject({ source: EDITED, changes: 1, undo: [{ label: 'Change a' }] })
    expect(store.getState().definition).toMatchObject({ steps: { a: { run: 'echo b' } } })
    actions.move({ a: { x: 1, y: 2 } })
    expect(store.getState().changes).toBe(2)
    actions.undo()
    actions.undo()
    expect(store.getState()).toMatchObject({ source: SOURCE, changes: 0, layout: {}, undo: [] })
    actions.redo()
    expect(store.getState()).toMatchObject({ source: EDITED, redo: [{ label: 'Move a' }] })
  })

  it('keeps what was readable last while the YAML is being typed', () => {
    const store = open()
    store.getState().actions.type('name: w\nsteps: {')
    const { definition, parsed, source } = store.getState()
    expect(source).toBe('name: w\nsteps: {')
    expect(parsed).toMatchObject({ value: undefined, source })
    expect(parsed.faults).not.toEqual([])
    expect(definition).toMatchObject({ steps: { a: {} } })
    store.getState().actions.edit('Change a', EDIT)
    return vi.waitFor(() => expect(failures).toEqual(['“Change a” was not possible']))
  })

  it('is in this browser at once, in the engine soon, and then no more in this browser', async () => {
    const store = open()
    store.getState().actions.edit('Change a', EDIT)
    expect(backups.get(`${ID}/this`)?.content.source).toBe(EDITED)
    expect(engine.drafts.size).toBe(0)
    await vi.advanceTimersByTimeAsync(500)
    expect(engine.drafts.get(ID)).toMatchObject({ source: EDITED, revision: 1, base: 1 })
    expect(store.getState().save).toMatchObject({ state: 'saved' })
    expect(backups.size).toBe(0)
  })

  it('keeps trying while the engine is away, says so, and loses nothing', async () => {
    engine.isAway = true
    const store = open()
    store.getState().actions.edit('Change a', EDIT)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(store.getState().save.state).toBe('failed')
    expect(backups.size).toBe(1)
    engine.isAway = false
    await vi.advanceTimersByTimeAsync(20_000)
    expect(store.getState().save.state).toBe('saved')
    expect(engine.drafts.get(ID)?.source).toBe(EDITED)
  })

  it('shows both texts when another window has saved, and does what the person decides', async () => {
    const elsewhere = () =>
      engine.drafts.set(ID, { ...content('name: theirs\n'), id: ID, revision: 1, createdAt: AT, updatedAt: AT })
    for (const decision of ['keepMine', 'takeTheirs', 'keepMerged'] as const) {
      elsewhere()
      const store = open()
      const { actions } = store.getState()
      actions.edit('Change a', EDIT)
      await vi.advanceTimersByTimeAsync(500)
      expect(store.getState()).toMatchObject({ save: { state: 'conflict' }, conflict: { kind: 'draft' } })
      expect(engine.drafts.get(ID)?.source).toBe('name: theirs\n')
      await actions[decision]('name: merged\n')
      await vi.advanceTimersByTimeAsync(500)
      const expected = { keepMine: EDITED, takeTheirs: 'name: theirs\n', keepMerged: 'name: merged\n' }[decision]
      expect(engine.drafts.get(ID)).toMatchObject({ source: expected, revision: 2 })
      expect(store.getState()).toMatchObject({ source: expected, conflict: null, save: { state: 'saved' } })
      actions.close()
    }
  })

  it('asks nothing when the other window has saved the same', async () => {
    engine.drafts.set(ID, { ...content(EDITED), id: ID, revision: 4, createdAt: AT, updatedAt: AT })
    const store = open()
    store.getState().actions.edit('Change a', EDIT)
    await vi.advanceTimersByTimeAsync(500)
    expect(store.getState()).toMatchObject({ conflict: null, save: { state: 'saved' } })
  })

  it('becomes a version, and its draft goes', async () => {
    const store = open()
    const { actions } = store.getState()
    actions.edit('Change a', EDIT)
    await actions.flush()
    expect(engine.drafts.size).toBe(1)
    await expect(actions.publish()).resolves.toMatchObject({ version: 2 })
    expect(engine.drafts.size).toBe(0)
    expect(store.getState()).toMatchObject({ changes: 0, base: { version: 2 }, workflow: 'w' })
    expect(store.getState().id).not.toBe(ID)
    actions.undo()
    expect(store.getState().changes).toBe(1)
    await vi.advanceTimersByTimeAsync(500)
    expect([...engine.drafts.values()]).toMatchObject([{ source: SOURCE, base: 2, revision: 1 }])
  })

  it('leaves no draft behind when it is published while its first save is on its way', async () => {
    const store = open()
    const { actions } = store.getState()
    actions.edit('Change a', EDIT)
    const saving = actions.flush()
    await actions.publish()
    await saving
    await vi.advanceTimersByTimeAsync(2_000)
    expect(engine.drafts.size).toBe(0)
  })

  it('shows both when publishing meets a newer version', async () => {
    engine.versions.push(version(2, SOURCE.replace('echo', 'other')))
    const store = open()
    const { actions } = store.getState()
    actions.edit('Change a', EDIT)
    await expect(actions.publish()).resolves.toBeNull()
    expect(store.getState().conflict).toMatchObject({ kind: 'publish', theirs: { version: 2 } })
    expect(engine.versions).toHaveLength(2)
    await actions.keepMine()
    await expect(actions.publish()).resolves.toMatchObject({ version: 3, source: EDITED })
  })

  it('does not take the place of another workflow when its name is changed to that', async () => {
    const store = open()
    store.getState().actions.edit('Rename', [{ path: ['name'], value: 'other' }])
    await expect(store.getState().actions.publish()).resolves.toBeNull()
    expect(store.getState().conflict).toMatchObject({ kind: 'publish' })
  })

  it('brings a workflow back that was deleted meanwhile, once the person knows', async () => {
    const store = open()
    const { actions } = store.getState()
    actions.edit('Change a', EDIT)
    engine.versions = []
    await expect(actions.publish()).rejects.toThrow('deleted meanwhile')
    expect(store.getState()).toMatchObject({ base: null, source: EDITED, conflict: null, isPublishing: false })
    expect(await actions.publish()).toMatchObject({ version: 1, source: EDITED })
  })

  it('never overwrites a file on disk that was changed by somebody else', async () => {
    files.set('/w.yaml', 'theirs')
    const store = open({ content: { ...content(), origin: '/w.yaml' }, fileDigest: 'digest of what was read' })
    const { actions } = store.getState()
    await actions.saveFile()
    expect(files.get('/w.yaml')).toBe('theirs')
    expect(store.getState().conflict).toMatchObject({ kind: 'file', theirs: { text: 'theirs' } })
    await actions.keepMine()
    expect(files.get('/w.yaml')).toBe(SOURCE)
    expect(store.getState().conflict).toBeNull()
  })

  it('shows both when its file is changed on disk, unless it says the same', () => {
    const store = open({ content: { ...content(), origin: '/w.yaml' }, fileDigest: 'd1' })
    const file = (path: string, text: string, digest: string) => ({ path, name: 'w.yaml', text, digest })
    store.getState().actions.meetFile(file('/other.yaml', 'x', 'd2'))
    store.getState().actions.meetFile(file('/w.yaml', SOURCE, 'd2'))
    expect(store.getState().conflict).toBeNull()
    expect(remembered.get('/w.yaml')).toBe('d2')
    store.getState().actions.meetFile(file('/w.yaml', 'x', 'd3'))
    expect(store.getState().conflict).toMatchObject({ kind: 'file', theirs: { text: 'x' } })
  })

  it('cannot be changed when it is an old version', async () => {
    const store = open({ isReadOnly: true })
    const { actions } = store.getState()
    actions.type('x')
    actions.move({ a: { x: 1, y: 1 } })
    actions.edit('Change a', EDIT)
    await vi.advanceTimersByTimeAsync(1000)
    expect(store.getState()).toMatchObject({ source: SOURCE, layout: {} })
    expect(engine.drafts.size).toBe(0)
    expect(failures).toHaveLength(1)
  })

  it('renames a step with its place and its selection', async () => {
    const store = open({ content: { ...content(), layout: { a: { x: 5, y: 6 } } } })
    const { actions } = store.getState()
    actions.select({ kind: 'steps', names: ['a'] })
    await expect(actions.rename({ what: 'step', from: 'a', to: 'b' })).resolves.toBeNull()
    expect(store.getState()).toMatchObject({
      source: SOURCE.replace('  a:', '  b:'),
      layout: { b: { x: 5, y: 6 } },
      selection: { kind: 'steps', names: ['b'] },
    })
    await expect(actions.rename({ what: 'step', from: 'b', to: 'b' })).resolves.toBeNull()
    await expect(actions.rename({ what: 'step', from: 'z', to: 'y' })).resolves.toContain('no step')
  })
})
