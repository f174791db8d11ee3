import { modals } from '@mantine/modals'
import type { ReactNode } from 'react'

interface ConfirmOptions {
  readonly title: string
  /** Names the thing, and says what is lost and what stays */
  readonly body: ReactNode
  /** A verb: "Delete run", "Cancel run" */
  readonly confirm: string
  readonly cancel?: string
  /** Red only here: what cannot be taken back */
  readonly isDestructive?: boolean
}

/** Asks before something that cannot be taken back. Resolves with the answer; Escape is no. */
export function confirm({
  title,
  body,
  confirm: label,
  cancel,
  isDestructive = false,
}: ConfirmOptions): Promise<boolean> {
  return new Promise((resolve) => {
    modals.openConfirmModal({
      title,
      children: body,
      labels: { confirm: label, cancel: cancel ?? 'Keep it' },
      confirmProps: isDestructive ? { color: 'red' } : {},
      onConfirm: () => resolve(true),
      onCancel: () => resolve(false),
      onClose: () => resolve(false),
    })
  })
}
