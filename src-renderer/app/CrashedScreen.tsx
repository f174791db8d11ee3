import { Button } from '@mantine/core'
import { IconMapPinOff } from '@tabler/icons-react'
import { type ErrorComponentProps, Link } from '@tanstack/react-router'
import { Empty, Failed } from '../ui/Notes.tsx'

/** A screen that threw: the others go on, and so does the engine. */
export function CrashedScreen({ error, reset }: ErrorComponentProps) {
  if (isNotLoaded(error)) {
    const what = 'The code of this screen could not be loaded; runs and drafts are not touched'
    return <Failed error={error} what={what} onRetry={() => location.reload()} />
  }
  return (
    <Failed error={error} what="This screen went wrong; runs and drafts are not touched" onRetry={reset}>
      <Button variant="default" onClick={() => location.reload()}>
        Reload the window
      </Button>
    </Failed>
  )
}

/** Chromium, Firefox, Safari. Such a module stays failed until the page is loaded again, which then asks for it anew. */
const isNotLoaded = (error: unknown): boolean =>
  error instanceof Error && /dynamically imported module|importing a module script failed/i.test(error.message)

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
