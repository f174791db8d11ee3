import { Button, Menu } from '@mantine/core'
import { IconFilePencil } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import type { DraftSummary } from '../../../src-shared/contract/index.ts'
import { RelativeTime } from '../../ui/Time.tsx'
import { useDraftName } from './use-draft-name.ts'

const SHOWN = 20

/** What is being written and not published; nothing when there is none. */
export function DraftsMenu({ drafts }: { readonly drafts: readonly DraftSummary[] }) {
  if (drafts.length === 0) return null
  return (
    <Menu position="bottom-end" width={300}>
      <Menu.Target>
        <Button variant="default" leftSection={<IconFilePencil size={15} stroke={1.5} />}>
          Drafts {drafts.length}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {drafts.slice(0, SHOWN).map((draft) => (
          <DraftItem key={draft.id} draft={draft} />
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

function DraftItem({ draft }: { readonly draft: DraftSummary }) {
  const navigate = useNavigate()
  const name = useDraftName(draft)
  return (
    <Menu.Item
      onClick={() => void navigate({ to: '/drafts/$draft', params: { draft: draft.id } })}
      rightSection={
        <span className="dim">
          <RelativeTime at={draft.updatedAt} />
        </span>
      }
    >
      {name}
    </Menu.Item>
  )
}
