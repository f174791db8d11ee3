import { Button } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { sayFailed } from '../ui/say.ts'
import { useDocument, useDocumentStore } from './document-context.tsx'
import { useLastingFault } from './lasting-fault.ts'
import classes from './ReadOnlyNotice.module.css'
import { restoreVersion } from './restore.ts'

/** Above an old version: that it is one, and how to get it back. Above a text that cannot be read: that the canvas is older. */
export function ReadOnlyNotice() {
  const isReadOnly = useDocument((state) => state.isReadOnly)
  const fault = useLastingFault()
  if (isReadOnly) return <OldVersion />
  if (fault === null) return null
  return (
    <div className={classes.notice} role="status">
      The YAML cannot be read at the moment. The canvas shows what was readable last.
    </div>
  )
}

function OldVersion() {
  const store = useDocumentStore()
  const navigate = useNavigate()
  const version = useDocument((state) => state.base?.version ?? 0)
  const workflow = useDocument((state) => state.workflow)
  const [isBusy, setBusy] = useState(false)
  const go = (): void => {
    if (workflow === null) return
    const { selection } = store.getState()
    const step = selection.kind === 'steps' ? selection.names[0] : undefined
    void navigate({ to: '/workflows/$workflow', params: { workflow }, search: step === undefined ? {} : { step } })
  }
  const restore = async (): Promise<void> => {
    setBusy(true)
    try {
      if (await restoreVersion(store.getState())) go()
    } catch (error) {
      sayFailed(`Version ${version} could not be restored`, error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className={classes.notice} role="status">
      <span>This is version {version}, as it was published. A published version does not change any more.</span>
      <Button variant="default" h={26} onClick={go}>
        Edit the newest version
      </Button>
      <Button variant="subtle" h={26} loading={isBusy} onClick={() => void restore()}>
        Restore as a draft
      </Button>
    </div>
  )
}
