import { Link } from '@tanstack/react-router'
import type { DraftSummary } from '../../src-shared/contract/index.ts'
import { Section } from '../ui/Screen.tsx'
import { RelativeTime } from '../ui/Time.tsx'
import { useDraftName } from '../workflows/list/use-draft-name.ts'
import { useDrafts } from '../workflows/list/use-workflows.ts'
import classes from './home.module.css'

const SHOWN = 6

/** What was begun and not published; nothing when there is none. */
export function DraftsSection() {
  const drafts = useDrafts().data?.items ?? []
  if (drafts.length === 0) return null
  return (
    <Section title="Drafts to go on with">
      <ul className={classes.rows} aria-label="Drafts">
        {drafts.slice(0, SHOWN).map((draft) => (
          <DraftRow key={draft.id} draft={draft} />
        ))}
      </ul>
    </Section>
  )
}

function DraftRow({ draft }: { readonly draft: DraftSummary }) {
  const name = useDraftName(draft)
  const content = (
    <>
      <span className={`${classes.rowName} truncate`}>{name}</span>
      <span className={classes.rowWhen}>
        <RelativeTime at={draft.updatedAt} />
      </span>
    </>
  )
  return (
    <li>
      {draft.workflow === null ? (
        <Link to="/drafts/$draft" params={{ draft: draft.id }} className={classes.row}>
          {content}
        </Link>
      ) : (
        <Link to="/workflows/$workflow" params={{ workflow: draft.workflow }} className={classes.row}>
          {content}
        </Link>
      )}
    </li>
  )
}
