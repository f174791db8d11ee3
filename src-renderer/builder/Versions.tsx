import { Button, Menu, Modal } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { workflowRoutes } from '../../src-shared/contract/index.ts'
import { PROJECT, useAsk } from '../api/index.ts'
import { TextCompare } from '../ui/code/TextCompare.tsx'
import { Failed, Loading } from '../ui/Notes.tsx'
import { RelativeTime } from '../ui/Time.tsx'
import classes from './BuilderHeader.module.css'
import { useDocument } from './document-context.tsx'

const LISTED = 50

/** Which version is open, and the others: to look at, and to compare. */
export function Versions() {
  const workflow = useDocument((state) => state.workflow)
  const version = useDocument((state) => state.base?.version ?? null)
  const [compared, setCompared] = useState<number | null>(null)
  const [isOpen, setOpen] = useState(false)
  if (workflow === null || version === null) return null
  return (
    <>
      <Menu position="bottom-start" opened={isOpen} onChange={setOpen} closeOnItemClick={false}>
        <Menu.Target>
          <button type="button" className={classes.version} aria-label={`Version ${version}. Show all versions`}>
            Version {version}
          </button>
        </Menu.Target>
        <Menu.Dropdown mah={420} style={{ overflow: 'auto' }}>
          <VersionList
            workflow={workflow}
            current={version}
            onCompare={(number) => {
              setOpen(false)
              setCompared(number)
            }}
            onDone={() => setOpen(false)}
          />
        </Menu.Dropdown>
      </Menu>
      {compared !== null && <CompareVersion workflow={workflow} version={compared} onClose={() => setCompared(null)} />}
    </>
  )
}

interface VersionListProps {
  readonly workflow: string
  readonly current: number
  readonly onCompare: (version: number) => void
  readonly onDone: () => void
}

function VersionList({ workflow, current, onCompare, onDone }: VersionListProps) {
  const navigate = useNavigate()
  const { data, error } = useAsk(workflowRoutes.versions, {
    params: { project: PROJECT, workflow },
    query: { limit: LISTED },
  })
  if (error !== null) return <Failed error={error} what="The versions could not be listed" />
  if (data === undefined) return <Loading what="Listing the versions…" />
  const newest = data.items[0]?.version
  const open = (version: number): void => {
    onDone()
    const search = version === newest ? {} : { version }
    void navigate({ to: '/workflows/$workflow', params: { workflow }, search })
  }
  return data.items.map(({ version, createdAt }) => (
    <Menu.Item
      key={version}
      component="div"
      rightSection={
        <Button
          variant="subtle"
          size="compact-xs"
          h={22}
          onClick={(event) => {
            event.stopPropagation()
            onCompare(version)
          }}
        >
          Compare
        </Button>
      }
      onClick={() => open(version)}
    >
      Version {version}
      {version === current ? ', open now' : ''}
      <div className="dim" style={{ fontSize: 11 }}>
        <RelativeTime at={createdAt} />
      </div>
    </Menu.Item>
  ))
}

interface CompareVersionProps {
  readonly workflow: string
  readonly version: number
  readonly onClose: () => void
}

/** An earlier version beside what is open. */
function CompareVersion({ workflow, version, onClose }: CompareVersionProps) {
  const source = useDocument((state) => state.source)
  const { data, error } = useAsk(workflowRoutes.get, { params: { project: PROJECT, workflow }, query: { version } })
  return (
    <Modal opened onClose={onClose} size="90%" title={`Version ${version} and what is open`}>
      <div style={{ height: '70vh' }}>
        {error !== null ? (
          <Failed error={error} what={`Version ${version} could not be read`} />
        ) : data === undefined ? (
          <Loading what={`Reading version ${version}…`} />
        ) : (
          <TextCompare before={data.source} after={source} names={[`Version ${version}`, 'Open now']} />
        )}
      </div>
    </Modal>
  )
}
