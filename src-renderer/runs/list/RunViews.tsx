import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core'
import { IconBookmark, IconBookmarkPlus, IconX } from '@tabler/icons-react'
import { usePersisted } from '../../ui/persisted.ts'
import { ACTIVE, type RunFilter, sentenceOf, withoutEmpty } from './filter.ts'

const OFFERED: readonly RunFilter[] = [
  {},
  { status: ACTIVE },
  { status: 'waiting' },
  { status: 'failed', since: '24h' },
]

interface RunViewsProps {
  readonly filter: RunFilter
  readonly onChange: (filter: RunFilter) => void
}

/** Filters that are kept under the sentence that they read as. */
export function RunViews({ filter, onChange }: RunViewsProps) {
  const [saved, setSaved] = usePersisted<readonly RunFilter[]>('runs.views', [])
  const now = sentenceOf(filter)
  const isKept = [...OFFERED, ...saved].some((view) => sentenceOf(view) === now)
  return (
    <Menu position="bottom-end" width={320}>
      <Menu.Target>
        <Button variant="default" leftSection={<IconBookmark size={15} stroke={1.5} />}>
          Views
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {OFFERED.map((view) => (
          <Menu.Item key={sentenceOf(view)} onClick={() => onChange(view)} aria-current={sentenceOf(view) === now}>
            {sentenceOf(view)}
          </Menu.Item>
        ))}
        {saved.length > 0 && <Menu.Label>Kept in this window</Menu.Label>}
        {saved.map((view) => (
          <Menu.Item
            key={sentenceOf(view)}
            onClick={() => onChange(view)}
            aria-current={sentenceOf(view) === now}
            rightSection={
              <Tooltip label="Forget this view">
                <ActionIcon
                  component="span"
                  role="button"
                  size={20}
                  aria-label={`Forget: ${sentenceOf(view)}`}
                  onClick={(event) => {
                    event.stopPropagation()
                    setSaved(saved.filter((one) => one !== view))
                  }}
                >
                  <IconX size={12} />
                </ActionIcon>
              </Tooltip>
            }
          >
            {sentenceOf(view)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item
          disabled={isKept}
          leftSection={<IconBookmarkPlus size={15} stroke={1.5} />}
          onClick={() => setSaved([...saved, withoutEmpty(filter)])}
        >
          {isKept ? 'What is shown is kept' : 'Keep what is shown'}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
