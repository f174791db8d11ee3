import { Button, Menu } from '@mantine/core'
import { IconFileText, IconFolder, IconUpload } from '@tabler/icons-react'
import { type ChangeEvent, useRef } from 'react'
import { type Picked, pickedByInput } from '../../ui/fields/index.ts'

/** Offers to import a file, an archive or a folder. */
export function ImportButton({ onPicked }: { readonly onPicked: (picking: Promise<Picked>) => void }) {
  const file = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)
  const pick = ({ currentTarget }: ChangeEvent<HTMLInputElement>): void => {
    const list = [...(currentTarget.files ?? [])]
    // So that the same file can be picked again.
    currentTarget.value = ''
    if (list.length > 0) onPicked(Promise.resolve(list).then(pickedByInput))
  }
  return (
    <>
      <input ref={file} type="file" accept=".yaml,.yml,.tar,.tgz,.gz" hidden onChange={pick} data-pick="file" />
      <input ref={folder} type="file" hidden onChange={pick} data-pick="folder" {...{ webkitdirectory: '' }} />
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" leftSection={<IconUpload size={15} stroke={1.5} />}>
            Import
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconFolder size={16} stroke={1.5} />} onClick={() => folder.current?.click()}>
            A folder with weir.yaml and its files
          </Menu.Item>
          <Menu.Item leftSection={<IconFileText size={16} stroke={1.5} />} onClick={() => file.current?.click()}>
            A YAML file, or a .tar that was exported
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  )
}
