import { Badge } from '@mantine/core'
import { targetRoutes } from '../../src-shared/contract/index.ts'
import { PROJECT, useAsk } from '../api/index.ts'
import { Failed, Loading } from '../ui/Notes.tsx'
import { RelativeTime } from '../ui/Time.tsx'
import classes from './targets.module.css'

/** Versions that are listed; the command line lists them all. */
const LISTED = 50

/** The versions of a module, newest first, with the workspaces in which they were registered. */
export function ModuleVersions({ module, shown }: { readonly module: string; readonly shown: number }) {
  const asked = useAsk(targetRoutes.versions, { params: { project: PROJECT, module }, query: { limit: LISTED } })
  if (asked.isPending) return <Loading what="Asking for the versions." />
  if (asked.isError) {
    return <Failed error={asked.error} what="The versions could not be listed" onRetry={() => void asked.refetch()} />
  }
  return (
    <>
      <ol className={classes.versions}>
        {asked.data.items.map(({ version, workspace, registeredAt }) => (
          <li key={version} aria-current={version === shown ? 'true' : undefined}>
            <strong className="tabular">{version}</strong>
            <span>{workspace}</span>
            <span className="dim">
              <RelativeTime at={registeredAt} />
            </span>
            {version === shown && (
              <Badge variant="light" size="sm">
                Shown
              </Badge>
            )}
          </li>
        ))}
      </ol>
      {asked.data.next !== null && (
        <p className="dim">
          Older ones: <span className="mono">weir module versions {module}</span>
        </p>
      )}
    </>
  )
}
