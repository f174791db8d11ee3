import { Select } from '@mantine/core'
import type { EdgeKind } from '../../../graph/index.ts'
import { formatCount } from '../../../ui/format.ts'
import classes from './graph-tab.module.css'

interface CallBarProps {
  readonly kinds: ReadonlySet<EdgeKind>
  readonly groups: ReadonlyMap<string, number>
  readonly group: string | null
  readonly onGroup: (group: string | null) => void
}

const LINES: readonly { readonly kind: EdgeKind; readonly word: string; readonly title: string }[] = [
  { kind: 'call', word: 'calls', title: 'A function calls another one' },
  { kind: 'result', word: 'is given its result', title: 'The result of one is among the arguments of the other' },
  {
    kind: 'shared',
    word: 'shares a call',
    title: 'The same call with the same arguments was there already: it was answered with that one (memo)',
  },
]

/** What the lines mean, and which group of calls is looked at. */
export function CallBar({ kinds, groups, group, onGroup }: CallBarProps) {
  return (
    <div className={classes.bar}>
      <ul className={classes.legend} aria-label="What the lines mean">
        {LINES.filter(({ kind }) => kinds.has(kind)).map(({ kind, word, title }) => (
          <li key={kind} className={classes.entry} title={title}>
            <svg width="28" height="8" aria-hidden="true">
              <line x1="1" y1="4" x2="27" y2="4" className={classes[kind]} />
            </svg>
            {word}
          </li>
        ))}
      </ul>
      {groups.size > 0 && (
        <Select
          data={[...groups].map(([name, count]) => ({ value: name, label: `${name} (${formatCount(count)})` }))}
          value={group}
          onChange={onGroup}
          placeholder="All groups"
          aria-label="Group of calls that is looked at"
          clearable
          searchable
          nothingFoundMessage="No group is called so"
          className={classes.groups}
        />
      )}
    </div>
  )
}
