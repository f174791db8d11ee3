import { Button } from '@mantine/core'
import classes from './transfer.module.css'

interface DeleteFormProps {
  readonly project: string
  readonly onExport: () => void
  readonly onDelete: () => void
  readonly onDone: () => void
}

/** Asks before a project is deleted, and offers to keep it as a file. */
export function DeleteForm({ project, onExport, onDelete, onDone }: DeleteFormProps) {
  return (
    <div className={classes.form}>
      <div>
        All its workflows, drafts, runs, logs and files go with it and cannot be brought back. Export it first to keep
        them in a file, or archive it to keep them out of sight.
      </div>
      <div className={classes.buttons}>
        <Button variant="default" onClick={onDone} data-autofocus>
          Keep it
        </Button>
        <Button variant="default" onClick={onExport}>
          Export first
        </Button>
        <Button color="red" onClick={onDelete}>
          Delete {project}
        </Button>
      </div>
    </div>
  )
}
