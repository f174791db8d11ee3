import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { keysInWords } from '../app/keys.ts'
import { useDocument } from './document-context.tsx'
import classes from './EmptyCanvas.module.css'
import { basicItems, type PaletteItem } from './palette-items.ts'
import { starters } from './starters.ts'
import { useIsEmpty } from './use-is-empty.ts'

interface EmptyCanvasProps {
  readonly onAdd: (item: PaletteItem) => void
  readonly onSearch: () => void
}

/** What a canvas without steps says: how to begin. */
export function EmptyCanvas({ onAdd, onSearch }: EmptyCanvasProps) {
  const isEmpty = useIsEmpty()
  const canEdit = useDocument((state) => !state.isReadOnly)
  const actions = useDocument((state) => state.actions)
  if (!isEmpty || !canEdit) return null
  return (
    <div className={classes.empty}>
      <div className={classes.card}>
        <h2 className={classes.title}>Add the first step</h2>
        <p className={classes.text}>
          A workflow is made of steps: commands, questions to people, pauses. Draw a line from one to the next, and Weir
          runs them in that order.
        </p>
        <div className={classes.kinds}>
          {basicItems.map((item) => (
            <Button
              key={item.id}
              variant="default"
              justify="flex-start"
              leftSection={<item.icon size={16} stroke={1.6} />}
              onClick={() => onAdd(item)}
            >
              {item.title}
            </Button>
          ))}
          <Button variant="default" justify="flex-start" leftSection={<IconPlus size={16} />} onClick={onSearch}>
            More ({keysInWords('a')})
          </Button>
        </div>
        <p className={classes.or}>or start from an example</p>
        <div className={classes.kinds}>
          {starters.map((starter) => (
            <Button
              key={starter.title}
              variant="subtle"
              justify="flex-start"
              onClick={() => actions.replace(`Start from “${starter.title}”`, starter.source)}
            >
              {starter.title}
            </Button>
          ))}
        </div>
      </div>
    </div>
  )
}
