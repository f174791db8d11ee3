import { IconCloudUpload, IconDownload, IconFileZip, IconTrash } from '@tabler/icons-react'
import { useMemo } from 'react'
import { type Command, useCommands } from '../app/commands.ts'
import { confirm } from '../ui/Confirm.tsx'
import { sayFailed } from '../ui/say.ts'
import { exportTar, exportYaml } from '../workflows/export/export.ts'
import { useDocument, useDocumentStore } from './document-context.tsx'
import type { Publish } from './use-publish.ts'

/** What becomes of the workflow that is open, for the palette. */
export function usePublishCommands(publish: Publish['publish'], canPublish: boolean): void {
  const store = useDocumentStore()
  const workflow = useDocument((state) => (state.base === null ? null : state.workflow))
  const hasDraft = useDocument((state) => state.changes > 0 && state.base !== null && !state.isReadOnly)
  const commands = useMemo(() => {
    const list: (Command | false)[] = [
      canPublish && {
        id: 'builder.publish',
        title: 'Publish as the newest version',
        group: 'Here',
        icon: IconCloudUpload,
        words: 'release deploy save',
        run: () => void publish(),
      },
      workflow !== null && {
        id: 'builder.export.yaml',
        title: `Export the YAML of ${workflow}`,
        group: 'Here',
        icon: IconDownload,
        words: 'download save file',
        run: () => attempt(workflow, exportYaml(workflow)),
      },
      workflow !== null && {
        id: 'builder.export.tar',
        title: `Export ${workflow} with its files (.tar)`,
        group: 'Here',
        icon: IconFileZip,
        words: 'download save archive zip',
        run: () => attempt(workflow, exportTar(workflow)),
      },
      hasDraft && {
        id: 'builder.discard',
        title: 'Throw the draft away',
        group: 'Here',
        icon: IconTrash,
        words: 'discard cancel reset revert changes',
        run: () => void discard(store.getState().actions.discard),
      },
    ]
    return list.filter((one) => one !== false)
  }, [store, workflow, canPublish, hasDraft, publish])
  useCommands(commands)
}

const attempt = (name: string, exporting: Promise<void>): void =>
  void exporting.catch((error: unknown) => sayFailed(`${name} could not be exported`, error))

async function discard(act: () => Promise<void>): Promise<void> {
  const isSure = await confirm({
    title: 'Throw the draft away?',
    body: 'All changes since the published version are gone then.',
    confirm: 'Throw away',
    cancel: 'Keep it',
    isDestructive: true,
  })
  if (isSure) await act().catch((error: unknown) => sayFailed('The draft was not thrown away', error))
}
