import { IconPlus } from '@tabler/icons-react'
import classes from './fields.module.css'

/** Adds an entry to a table: quiet, because it stands below each of them. */
export function AddButton({ label, onClick }: { readonly label: string; readonly onClick: () => void }) {
  return (
    <button type="button" className={classes.add} onClick={onClick}>
      <IconPlus size={13} aria-hidden />
      {label}
    </button>
  )
}
