import { ActionIcon, Tooltip } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import type { Json } from '../../../../src-shared/contract/index.ts'
import { CopyButton } from '../../../ui/Copy.tsx'
import { saveAs } from '../../../ui/save.ts'
import { JsonTree } from './JsonTree.tsx'
import classes from './json.module.css'

/** A value as a tree, with copy and save of all of it. */
export function JsonView({ value, name }: { readonly value: Json; readonly name: string }) {
  const text = (): string => JSON.stringify(value, null, 2)
  return (
    <div className={classes.view}>
      <div className={classes.tools}>
        <CopyButton value={text()} label={`Copy ${name} as JSON`} />
        <Tooltip label={`Save ${name} as JSON`}>
          <ActionIcon
            size={22}
            aria-label={`Save ${name} as JSON`}
            onClick={() => saveAs(`${name.replaceAll(/[^\w-]+/g, '-')}.json`, text(), 'application/json')}
          >
            <IconDownload size={14} />
          </ActionIcon>
        </Tooltip>
      </div>
      <JsonTree value={value} />
    </div>
  )
}
