import { Button } from '@mantine/core'
import { IconArchive } from '@tabler/icons-react'
import { projectRoutes } from '../../src-shared/contract/index.ts'
import { DEFAULT_PROJECT, PROJECT, useAsk } from '../api/index.ts'
import { setArchived } from './actions.tsx'
import classes from './projects.module.css'

/** Says on every screen that the project that is shown can only be read. */
export function ArchivedNotice() {
  const { data } = useAsk(
    projectRoutes.get,
    { params: { project: PROJECT } },
    { enabled: PROJECT !== DEFAULT_PROJECT, staleTime: Number.POSITIVE_INFINITY },
  )
  if (data?.archivedAt == null) return null
  return (
    <div className={classes.notice} role="status">
      <IconArchive size={16} stroke={1.5} aria-hidden />
      <span>The project {PROJECT} is archived: it can be read, and nothing in it can be changed or started.</span>
      <Button variant="default" size="compact-sm" onClick={() => void setArchived(data, false)}>
        Take it back into use
      </Button>
    </div>
  )
}
