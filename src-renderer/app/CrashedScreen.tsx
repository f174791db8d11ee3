import { Button } from '@mantine/core'
import { IconMapPinOff } from '@tabler/icons-react'
import { type ErrorComponentProps, Link } from '@tanstack/react-router'
import { Empty, Failed } from '../ui/Notes.tsx'

/** A screen that threw: the others go on, and so does the engine. */
export function CrashedScreen({ error, reset }: ErrorComponentProps) {
  return (
    <Failed error={error} what="This screen went wrong; runs and drafts are not touched" onRetry={reset}>
      <Button variant="default" onClick={() => location.reload()}>
        Reload the window
      </Button>
    </Failed>
  )
}

export function MissingScreen() {
  return (
    <Empty
      icon={<IconMapPinOff size={28} stroke={1.5} />}
      title="There is no such screen"
      isPage
      actions={
        <Button component={Link} to="/">
          Go to Home
        </Button>
      }
    >
      The address leads nowhere: it may come from another version of Weir.
    </Empty>
  )
}
