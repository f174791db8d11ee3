import { Modal } from '@mantine/core'
import { IconFileText } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { ProblemError } from '../../../src-shared/contract/index.ts'
import { type Command, useCommands } from '../../app/commands.ts'
import { CopyButton } from '../../ui/Copy.tsx'
import { Empty, Failed, Loading } from '../../ui/Notes.tsx'
import { usePersisted } from '../../ui/persisted.ts'
import { saveAs } from '../../ui/save.ts'
import { render } from './ansi.ts'
import classes from './Log.module.css'
import { type LinesHandle, LogLines } from './LogLines.tsx'
import { LogSearch } from './LogSearch.tsx'
import { LogStatus } from './LogStatus.tsx'
import { LogToolbar, type Looks } from './LogToolbar.tsx'
import type { LogSource } from './log-source.ts'
import type { Filter, LogState } from './protocol.ts'
import { NO_FILTER } from './scan.ts'
import { useLog, useSearch } from './use-log.ts'

interface LogViewProps {
  readonly run: string
  /** Only this step, with all items of its fan-out, or only one item: `stats[3]`. All steps, merged, when absent */
  readonly step?: string
  /** Only this attempt; all when absent */
  readonly attempt?: number
  /** The last lines, small, without tools, for an inspector */
  readonly compact?: boolean
}

/** The output of a run, of any length: live while it runs, searchable, one step or all merged. */
export function LogView({ run, step, attempt, compact = false }: LogViewProps) {
  return compact ? (
    <CompactLog run={run} step={step} attempt={attempt} />
  ) : (
    <WholeLog run={run} step={step} attempt={attempt} />
  )
}

interface PartOfLog {
  readonly run: string
  readonly step: string | undefined
  readonly attempt: number | undefined
}

const DEFAULT_LOOKS: Looks = { isWrapped: false, withTime: false }
const NO_LINES = { top: () => 0, reveal: () => undefined }

function WholeLog({ run, step, attempt }: PartOfLog) {
  const log = useLog({ run, step, attempt })
  const [filter, setFilter] = useState<Filter>(NO_FILTER)
  const [looks, setLooks] = usePersisted<Looks>('logs.looks', DEFAULT_LOOKS)
  const [following, setFollowing] = useState(true)
  const lines = useRef<LinesHandle>(null)
  const input = useRef<HTMLInputElement>(null)
  const search = useSearch(log, filter, lines.current ?? NO_LINES)
  useSearchCommands(input, search.go)
  const [whole, setWhole] = useState<number | null>(null)
  if (log === null) return <Loading what="Opening the log…" />
  const { state } = log
  const problem = problemIn(state)
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'n') search.go(1)
    else if (event.key === 'N') search.go(-1)
    else if (event.key === '/') input.current?.focus()
    else return
    event.preventDefault()
  }
  return (
    <section className={classes.view} aria-label="Log">
      <LogToolbar
        state={state}
        filter={filter}
        onFilter={setFilter}
        looks={looks}
        onLooks={setLooks}
        following={following}
        onFollow={setFollowing}
        onJump={(line) => {
          lines.current?.reveal(line - 1)
          lines.current?.focus()
        }}
        onSave={(onlyShown) => void saveLog(log, nameOf(run, step, attempt), onlyShown)}
        search={<LogSearch search={search} state={state} input={input} onLeave={() => lines.current?.focus()} />}
      />
      {problem !== null && <Failed what="The log could not be read" error={problem} />}
      <LogBody state={state}>
        <LogLines
          ref={lines}
          log={log}
          state={state}
          isWrapped={looks.isWrapped}
          withTime={looks.withTime}
          withSource={state.sources.length > 1}
          following={following}
          onFollow={setFollowing}
          current={search.found?.row ?? null}
          onWhole={setWhole}
          onKey={onKey}
          label={step === undefined ? 'Output of the run' : `Output of ${step}`}
        />
      </LogBody>
      <LogStatus state={state} />
      <WholeLine log={log} row={whole} onClose={() => setWhole(null)} />
    </section>
  )
}

/** Lines of the small view to begin with. */
const COMPACT_LINES = 200
/** Ten of them */
const COMPACT_PX = 200

function CompactLog({ run, step, attempt }: PartOfLog) {
  const log = useLog({ run, step, attempt, tail: COMPACT_LINES })
  const [following, setFollowing] = useState(true)
  const [whole, setWhole] = useState<number | null>(null)
  if (log === null) return <Loading what="Opening the log…" />
  const { state } = log
  const problem = problemIn(state)
  return (
    <section className={classes.compact} aria-label="End of the log">
      {problem !== null && <Failed what="The log could not be read" error={problem} />}
      <LogBody state={state} isSmall>
        <LogLines
          log={log}
          state={state}
          isWrapped
          withTime={false}
          withSource={state.sources.length > 1}
          following={following}
          onFollow={setFollowing}
          current={null}
          onWhole={setWhole}
          onKey={() => undefined}
          maxHeight={COMPACT_PX}
          label={step === undefined ? 'End of the output of the run' : `End of the output of ${step}`}
        />
      </LogBody>
      <footer className={classes.compactFoot}>
        <LogStatus state={state} />
        <Link to="/runs/$run" params={{ run }} search={{ tab: 'logs', ...(step === undefined ? {} : { step }) }}>
          Open in Logs
        </Link>
      </footer>
      <WholeLine log={log} row={whole} onClose={() => setWhole(null)} />
    </section>
  )
}

/** The lines, or why there are none. */
function LogBody({
  state,
  isSmall = false,
  children,
}: {
  readonly state: LogState
  readonly isSmall?: boolean
  readonly children: React.ReactNode
}) {
  if (state.lines > 0) {
    if (state.rows > 0 || state.scanned < state.lines) return children
    return (
      <Empty title="No line is shown">Nothing that was written passes the filter. Clear it to see all of it.</Empty>
    )
  }
  if (state.phase === 'failed') return null
  if (state.phase === 'reading' || state.phase === 'cut') {
    // In the room that one line will take: nothing moves when it comes.
    return isSmall ? <p className={classes.nothing}>Reading the log…</p> : <Loading what="Reading the log…" />
  }
  const words = state.phase === 'live' ? 'It is shown here as soon as something is.' : 'It ended without a line.'
  if (isSmall) return <p className={classes.nothing}>Nothing was written. {words}</p>
  return (
    <Empty icon={<IconFileText size={28} stroke={1.5} />} title="Nothing was written">
      {words}
    </Empty>
  )
}

/** One long line, all of it. */
function WholeLine({
  log,
  row,
  onClose,
}: {
  readonly log: LogSource
  readonly row: number | null
  readonly onClose: () => void
}) {
  const [text, setText] = useState<string | null>(null)
  useEffect(() => {
    setText(null)
    if (row === null) return
    let isCurrent = true
    void log.line(row).then((line) => isCurrent && setText(line))
    return () => {
      isCurrent = false
    }
  }, [log, row])
  const shown =
    text === null
      ? ''
      : render(text)
          .spans.map((span) => span.text)
          .join('')
  return (
    <Modal
      opened={row !== null}
      onClose={onClose}
      size="xl"
      title={`Line ${((row === null ? null : log.row(row)?.line) ?? 0).toLocaleString()}`}
    >
      <CopyButton value={shown} label="Copy the line" />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
      <pre className={classes.wholeLine} tabIndex={0}>
        {shown}
      </pre>
    </Modal>
  )
}

function useSearchCommands(input: React.RefObject<HTMLInputElement | null>, go: (direction: 1 | -1) => void): void {
  const latest = useRef(go)
  latest.current = go
  const focus = useCallback(() => {
    input.current?.focus()
    input.current?.select()
  }, [input])
  const commands = useMemo<readonly Command[]>(
    () => [
      { id: 'logs.search', title: 'Search this log', group: 'Here', keys: 'mod+f', run: focus },
      { id: 'logs.next', title: 'Go to the next match', group: 'Here', keys: 'f3', run: () => latest.current(1) },
      {
        id: 'logs.previous',
        title: 'Go to the previous match',
        group: 'Here',
        keys: 'shift+f3',
        run: () => latest.current(-1),
      },
    ],
    [focus],
  )
  useCommands(commands)
}

function problemIn({ phase, problem }: LogState): Error | null {
  if (phase !== 'failed' || problem === null) return null
  return problem.code === null
    ? new Error(problem.message)
    : new ProblemError(problem.code, problem.message, problem.context)
}

const nameOf = (run: string, step?: string, attempt?: number): string =>
  `${[run, step, attempt].filter((part) => part !== undefined).join('-')}.log`

async function saveLog(log: LogSource, name: string, onlyShown: boolean): Promise<void> {
  saveAs(name, await log.file(onlyShown))
}
