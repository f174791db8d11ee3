import { engineRoutes } from '../../src-shared/contract/index.ts'
import { bridge, useAsk } from '../api/index.ts'
import { Copyable } from '../ui/Copy.tsx'
import { Failed } from '../ui/Notes.tsx'
import { Section } from '../ui/Screen.tsx'
import { RelativeTime } from '../ui/Time.tsx'
import { Setting } from './Setting.tsx'

/** Which Weir this is, and where it keeps what. */
export function About() {
  const status = useAsk(engineRoutes.status, {})
  const version = useAsk(engineRoutes.version, {})
  return (
    <Section title="About">
      {bridge !== null && (
        <Setting label="This window">
          <span className="tabular">Weir {bridge.app.version}</span>
        </Setting>
      )}
      {status.isError && <Failed error={status.error} onRetry={() => void status.refetch()} />}
      {version.data !== undefined && (
        <Setting label="Engine">
          <span className="tabular">
            Weir {version.data.version}, Node {version.data.node}, {version.data.platform}
          </span>
        </Setting>
      )}
      {status.data !== undefined && (
        <>
          <Setting label="Runs since">
            <RelativeTime at={status.data.startedAt} />
          </Setting>
          <Setting label="Data folder">
            <Copyable value={status.data.data} label="Copy the path of the data folder" />
          </Setting>
          {status.data.listen.map((address) => (
            <Setting key={address} label="Answers at">
              <Copyable value={address} label="Copy this address" />
            </Setting>
          ))}
        </>
      )}
    </Section>
  )
}
