import { Menu, Tooltip } from '@mantine/core'
import { IconAlertTriangle, IconLoader2 } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { complaintOf } from '../api/index.ts'
import { confirm } from '../ui/Confirm.tsx'
import { useNow } from '../ui/clock.ts'
import { formatRelative, plural } from '../ui/format.ts'
import { sayFailed } from '../ui/say.ts'
import classes from './BuilderHeader.module.css'
import { useDocument, useDocumentStore } from './document-context.tsx'

/** How the draft stands: "3 changes, saved 2 s ago". A menu throws it away. */
export function DraftState() {
  const store = useDocumentStore()
  const navigate = useNavigate()
  const changes = useDocument((state) => state.changes)
  const base = useDocument((state) => state.base)
  const isReadOnly = useDocument((state) => state.isReadOnly)
  if (isReadOnly) return null
  const hasDraft = changes > 0 || base === null
  if (!hasDraft) return <span className={classes.state}>No changes</span>
  const discard = async (): Promise<void> => {
    const isSure = await confirm({
      title: 'Throw the draft away?',
      body:
        base === null
          ? 'This workflow was never published: nothing of it is left then.'
          : `${plural(changes, 'change')} since version ${base.version} are lost. Version ${base.version} stays as it is.`,
      confirm: 'Throw away',
      isDestructive: true,
    })
    if (!isSure) return
    try {
      await store.getState().actions.discard()
      if (base === null) void navigate({ to: '/workflows', search: {} })
    } catch (error) {
      sayFailed('The draft could not be thrown away', error)
    }
  }
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <button type="button" className={classes.version}>
          {base === null ? 'Draft' : plural(changes, 'change')}
          <SaveWords />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void discard()}>
          {base === null ? 'Throw this draft away' : `Throw the changes away, back to version ${base.version}`}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function SaveWords() {
  const save = useDocument((state) => state.save)
  switch (save.state) {
    case 'saved':
      return save.at === null ? null : <SavedAgo at={save.at} />
    case 'unsaved':
    case 'saving':
      return <>, saving</>
    case 'conflict':
      return <span className={classes.bad}>, changed elsewhere</span>
    case 'failed':
      return (
        <Tooltip
          label={`${complaintOf(save.error).detail} It is kept in this window and tried again.`}
          multiline
          maw={320}
        >
          <span className={`${classes.state} ${classes.bad}`}>
            , not saved yet <IconAlertTriangle size={13} aria-hidden />
            <IconLoader2 size={13} aria-hidden />
          </span>
        </Tooltip>
      )
  }
}

function SavedAgo({ at }: { readonly at: number }) {
  const now = useNow()
  return <>, saved {formatRelative(at, Math.max(at, now))}</>
}
