import { IconPlus, type TablerIcon } from '@tabler/icons-react'
import classes from './fields.module.css'

interface AddButtonProps {
  readonly label: string
  readonly icon?: TablerIcon
  readonly onClick: () => void
}

/** Adds an entry to a table: quiet, because it stands below each of them. */
export function AddButton({ label, icon: Icon = IconPlus, onClick }: AddButtonProps) {
  return (
    <button type="button" className={classes.add} onClick={onClick}>
      <Icon size={14} aria-hidden />
      {label}
    </button>
  )
}
