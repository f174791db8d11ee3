import { Button, Modal } from '@mantine/core'
import { useState } from 'react'
import { TextCompare } from '../ui/code/TextCompare.tsx'
import { formatRelative } from '../ui/format.ts'
import { sayFailed } from '../ui/say.ts'
import classes from './ConflictView.module.css'
import { useDocument, useDocumentStore } from './document-context.tsx'
import type { Conflict } from './document-types.ts'
import { nameOf } from './publishing.ts'

/** The same thing was changed elsewhere: both texts side by side, and a decision. Nothing is overwritten unseen. */
export function ConflictView({ conflict }: { readonly conflict: Conflict }) {
  const store = useDocumentStore()
  const [mine] = useState(() => store.getState().source)
  const [merged, setMerged] = useState(mine)
  const [isBusy, setBusy] = useState(false)
  const isNew = useDocument((state) => conflict.kind === 'publish' && state.base === null)
  const { title, text, theirsName } = wordsOf(conflict, isNew)
  const { actions } = store.getState()
  const decide = async (decision: () => Promise<void>): Promise<void> => {
    setBusy(true)
    try {
      await decision()
    } catch (error) {
      sayFailed('That was not possible', error)
    } finally {
      setBusy(false)
    }
  }
  const isMerged = merged !== mine
  return (
    <Modal
      opened
      onClose={actions.postpone}
      withCloseButton={conflict.kind !== 'draft'}
      closeOnClickOutside={false}
      closeOnEscape={conflict.kind !== 'draft'}
      size="90%"
      title={title}
    >
      <p className={classes.text}>
        {text} The right side can be edited; the arrows between the two take parts over from the left.
      </p>
      <div className={classes.compare}>
        <TextCompare before={sourceOf(conflict)} after={merged} names={[theirsName, 'Yours']} onChange={setMerged} />
      </div>
      <div className={classes.actions}>
        <Button variant="default" disabled={isBusy} onClick={() => void decide(() => actions.takeTheirs())}>
          Take theirs
        </Button>
        <Button
          loading={isBusy}
          onClick={() => void decide(() => (isMerged ? actions.keepMerged(merged) : actions.keepMine()))}
        >
          {isMerged ? 'Keep the merged text' : 'Keep mine'}
        </Button>
      </div>
    </Modal>
  )
}

const sourceOf = (conflict: Conflict): string =>
  conflict.kind === 'file' ? conflict.theirs.text : conflict.theirs.source

function wordsOf(conflict: Conflict, isNew: boolean): { title: string; text: string; theirsName: string } {
  switch (conflict.kind) {
    case 'draft': {
      const when = formatRelative(Date.parse(conflict.theirs.updatedAt), Date.now())
      return {
        title: 'This draft was changed in another window',
        text: `It was saved there ${when}, after what you see here was read. Decide which text goes on.`,
        theirsName: `Saved in the other window, ${when}`,
      }
    }
    case 'publish': {
      const { name, version } = conflict.theirs
      const own = nameOf(conflict.theirs.definition) ?? name
      return isNew
        ? {
            title: `There is a workflow ${own} already`,
            text: `Close this and choose another name, or keep yours, which then becomes version ${version + 1} of it when you publish.`,
            theirsName: `Version ${version} of ${own}`,
          }
        : {
            title: `There is a newer version of ${name}`,
            text: `Version ${version} was published after yours was begun. Decide which text goes on; publish it then.`,
            theirsName: `Version ${version}`,
          }
    }
    case 'file':
      return {
        title: `${conflict.theirs.name} was changed by another program`,
        text: 'The file on disk is not the one that was opened. Nothing was written yet.',
        theirsName: 'On disk',
      }
  }
}
