import { Anchor } from '@mantine/core'
import { modals } from '@mantine/modals'
import { notifications } from '@mantine/notifications'
import { ProblemError } from '../../../src-shared/contract/index.ts'
import type { Picked } from '../../ui/fields/index.ts'
import { sayFailed } from '../../ui/say.ts'
import { type Bundle, bundlesOf } from './bundle.ts'
import { ImportReport } from './ImportReport.tsx'
import { type Checked, checkBundle, differsInText, publish } from './import.ts'

/**
 * Imports what was picked or dropped: what is new and sound becomes a workflow at once; about the rest the person is
 * asked.
 * @param openDraft shows a draft in the builder
 */
export async function importPicked(picking: Promise<Picked>, openDraft: (draft: string) => void): Promise<void> {
  try {
    const picked = await picking
    const bundles = await bundlesOf(picked)
    if (bundles.length === 0) throw nothingIn(picked)
    const questions: Checked[] = []
    for (const bundle of bundles) {
      const checked = await checkBundle(bundle)
      if (isPlain(checked)) sayImported(bundle, await publish(checked))
      else questions.push(checked)
    }
    if (questions.length > 0) ask(questions, openDraft)
  } catch (error) {
    sayFailed('That was not imported', error)
  }
}

const nothingIn = ({ folder }: Picked): ProblemError =>
  folder === null
    ? new ProblemError('bad_request', 'There was no weir.yaml in that.', {
        fix: 'Choose a weir.yaml, a *.weir.yaml, the folder that holds it, or a .tar of it.',
      })
    : new ProblemError('bad_request', `The folder ${folder} holds no weir.yaml and no *.weir.yaml.`, {
        fix: 'Choose the folder of a workflow, or a single YAML file.',
      })

/** New, sound and complete: nothing to ask. */
const isPlain = ({ isValid, existing, bundle, problems }: Checked): boolean =>
  isValid && existing === null && bundle.missing.length === 0 && problems.length === 0

const WITH_TEXTS = 'min(1080px, 94vw)'

function ask(questions: readonly Checked[], openDraft: (draft: string) => void): void {
  const modalId = crypto.randomUUID()
  const close = (): void => modals.close(modalId)
  const [first] = questions
  modals.open({
    modalId,
    size: questions.some(differsInText) ? WITH_TEXTS : 640,
    title:
      questions.length === 1
        ? `Import ${first?.name ?? first?.bundle.path ?? ''}`
        : `Import ${questions.length} workflows`,
    children: <ImportReport questions={questions} openDraft={openDraft} onImported={sayImported} onDone={close} />,
  })
}

export function sayImported({ files }: Bundle, { name, version }: { name: string; version: number }): void {
  const withFiles = files.length === 0 ? '' : files.length === 1 ? ', with one file' : `, with ${files.length} files`
  notifications.show({
    autoClose: 6000,
    message: (
      <>
        {name} was imported as version {version}
        {withFiles}.{' '}
        <Anchor size="sm" href={`#/workflows/${encodeURIComponent(name)}`}>
          Open it
        </Anchor>
      </>
    ),
  })
}
