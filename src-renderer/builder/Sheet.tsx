import { ActionIcon, Tooltip } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconX } from '@tabler/icons-react'
import { type ReactNode, useEffect, useRef } from 'react'
import classes from './Sheet.module.css'

/** Where panels beside the canvas have no room. */
export const useIsNarrow = (): boolean => useMediaQuery('(max-width: 700px)', false, { getInitialValueInEffect: false })

interface SheetProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: ReactNode
}

/** A panel over all of the screen, for narrow windows. */
export function Sheet({ title, onClose, children }: SheetProps) {
  const box = useRef<HTMLElement>(null)
  useEffect(() => box.current?.focus(), [])
  return (
    <section
      ref={box}
      tabIndex={-1}
      className={classes.sheet}
      aria-label={title}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) onClose()
      }}
    >
      <header className={classes.head}>
        <h2 className={classes.title}>{title}</h2>
        <Tooltip label="Back to the canvas">
          <ActionIcon size={32} aria-label="Back to the canvas" onClick={onClose}>
            <IconX size={18} />
          </ActionIcon>
        </Tooltip>
      </header>
      <div className={classes.body}>{children}</div>
    </section>
  )
}
