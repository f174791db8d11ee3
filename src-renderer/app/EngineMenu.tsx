import { Menu } from '@mantine/core'
import { IconChevronDown, IconFolderOpen, IconLogout, IconRefresh, IconStethoscope } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { engineRoutes } from '../../src-shared/contract/index.ts'
import { bridge, type Connection, signOut, useAsk, useConnection } from '../api/index.ts'
import { confirm } from '../ui/Confirm.tsx'
import { sayFailed } from '../ui/say.ts'
import classes from './TopBar.module.css'

const WORDS: Record<Connection['phase'], string> = {
  connecting: 'Starting',
  ready: 'Ready',
  lost: 'Not answering',
  failed: 'Stopped',
  signedOut: 'Signed out',
}

/** The engine that these screens show, and what can be done with it. */
export function EngineMenu() {
  const connection = useConnection((store) => store.connection)
  const navigate = useNavigate()
  const machine = useAsk(
    engineRoutes.machine,
    {},
    { enabled: connection.phase === 'ready', staleTime: Number.POSITIVE_INFINITY },
  )
  const name = machine.data?.hostname ?? 'This machine'
  return (
    <Menu position="bottom-start" width={240}>
      <Menu.Target>
        <button type="button" className={classes.engine} aria-label={`Engine ${name}: ${WORDS[connection.phase]}`}>
          <span className={classes.dot} data-phase={connection.phase} aria-hidden />
          <span className="truncate">{name}</span>
          <IconChevronDown size={14} aria-hidden className="dim" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {WORDS[connection.phase]}
          {connection.phase === 'ready' && `, version ${connection.version.version}`}
        </Menu.Label>
        <Menu.Item
          leftSection={<IconStethoscope size={16} stroke={1.5} />}
          onClick={() => void navigate({ to: '/doctor' })}
        >
          Check this machine
        </Menu.Item>
        {bridge !== null && (
          <>
            <Menu.Item leftSection={<IconRefresh size={16} stroke={1.5} />} onClick={() => void restart()}>
              Restart the engine
            </Menu.Item>
            <Menu.Item
              leftSection={<IconFolderOpen size={16} stroke={1.5} />}
              onClick={() => void bridge?.engine.showLogs()}
            >
              Show its logs
            </Menu.Item>
          </>
        )}
        {bridge === null && (
          <Menu.Item
            leftSection={<IconLogout size={16} stroke={1.5} />}
            onClick={() => void signOut().then(() => location.reload())}
          >
            Sign out
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}

export async function restart(): Promise<void> {
  const isSure = await confirm({
    title: 'Restart the engine?',
    body: 'Steps that run now go on meanwhile, and the engine takes them back when it is there again.',
    confirm: 'Restart',
    cancel: 'Not now',
  })
  if (isSure) await bridge?.engine.restart().catch((error: unknown) => sayFailed('The engine was not restarted', error))
}
