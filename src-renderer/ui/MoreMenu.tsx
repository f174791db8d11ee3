import { ActionIcon, Menu, Tooltip } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import type { ReactNode } from 'react'

interface MoreMenuProps {
  /** What the actions are for */
  readonly name: string
  /** In px */
  readonly width: number
  /** Its entries */
  readonly children: ReactNode
}

/** The actions of a row that have no button of their own. */
export function MoreMenu({ name, width, children }: MoreMenuProps) {
  return (
    <Menu position="bottom-end" width={width}>
      <Tooltip label="More">
        <Menu.Target>
          <ActionIcon aria-label={`More for ${name}`}>
            <IconDots size={16} stroke={1.5} />
          </ActionIcon>
        </Menu.Target>
      </Tooltip>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  )
}
