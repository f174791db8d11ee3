import { Button } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import { useConnection } from '../api/index.ts'
import { Copyable } from '../ui/Copy.tsx'
import { Empty } from '../ui/Notes.tsx'

const COMMAND = 'weir console'

/** The console without a session. */
export function SignIn() {
  const reason = useConnection(({ connection }) => (connection.phase === 'signedOut' ? connection.reason : null))
  return (
    <main style={{ height: '100dvh' }}>
      <Empty
        icon={<IconLock size={28} stroke={1.5} />}
        title="Sign in to this engine"
        isPage
        actions={
          <Button variant="default" onClick={() => location.reload()}>
            Reload
          </Button>
        }
      >
        {reason !== null && <p role="alert">{reason}</p>}
        <p>
          On the machine of the engine, run the command below and open the link that it prints. The link works once.
        </p>
        <Copyable value={COMMAND} label="Copy the command" />
      </Empty>
    </main>
  )
}
