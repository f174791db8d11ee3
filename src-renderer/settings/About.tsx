import { engineRoutes } from '../../src-shared/contract/index.ts'
import { bridge, useAsk } from '../api/index.ts'
import { Copyable } from '../ui/Copy.tsx'
import { formatBytes } from '../ui/format.ts'
import { Failed } from '../ui/Notes.tsx'
import { Section } from '../ui/Screen.tsx'
import { RelativeTime } from '../ui/Time.tsx'
import { Row } from './Row.tsx'

/** What runs here, and where its data is. */
export function About() {
  const version = useAsk(engineRoutes.version, {})
  const status = useAsk(engineRoutes.status, {})
  const error = version.error ?? status.error
  return (
    <Section title="About">
      {error !== null && <Failed error={error} what="The engine could not be asked" />}
      {bridge !== null && (
        <Row title="Weir Desktop">
          <Copyable value={bridge.app.version} label="Copy the version" />
        </Row>
      )}
      {version.data !== undefined && (
        <Row title="Engine" about={`Node ${version.data.node}, ${version.data.platform}`}>
          <Copyable value={version.data.version} label="Copy the version" />
        </Row>
      )}
      {status.data !== undefined && (
        <>
          <Row title="Data folder" about="Workflows, drafts, runs, logs and assets are in it.">
            <Copyable value={status.data.data} label="Copy the path" />
          </Row>
          <Row title="Answers at">
            {status.data.listen.map((address) => (
              <Copyable key={address} value={address} label="Copy the address" />
            ))}
          </Row>
          <Row
            title="Runs since"
            about={`Process ${status.data.pid}, ${formatBytes(status.data.memoryBytes)} of memory`}
          >
            <RelativeTime at={status.data.startedAt} />
          </Row>
        </>
      )}
    </Section>
  )
}
