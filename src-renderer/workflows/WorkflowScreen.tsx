import { useParams, useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { workflowRoutes } from '../../src-shared/contract/index.ts'
import { PROJECT, useAsk, useChosenWorkspace } from '../api/index.ts'
import { Loading } from '../ui/Notes.tsx'
import { Screen } from '../ui/Screen.tsx'

const Builder = lazy(async () => ({ default: (await import('../builder/BuilderScreen.tsx')).WorkflowBuilderScreen }))
const Code = lazy(async () => ({ default: (await import('./code/CodeWorkflow.tsx')).CodeWorkflow }))

/** A workflow: a drawn one in the builder; of one that is made from code, what it does and what it takes. */
export function WorkflowScreen() {
  const { workflow } = useParams({ from: '/workflows/$workflow' })
  const { version } = useSearch({ from: '/workflows/$workflow' })
  const workspace = useChosenWorkspace()
  const asked = useAsk(workflowRoutes.get, {
    params: { project: PROJECT, workflow },
    query: {
      ...(version === undefined ? {} : { version: String(version) }),
      ...(workspace === null ? {} : { workspace }),
    },
  })
  // What was shown before stays in the answer until the next one comes.
  const found = asked.data?.name === workflow ? asked.data : undefined
  const isAsking = found === undefined && !asked.isError
  return (
    <Suspense fallback={<Opening title={workflow} />}>
      {isAsking ? (
        <Opening title={workflow} />
      ) : found?.code == null ? (
        // It says itself what cannot be opened.
        <Builder />
      ) : (
        <Code key={`${workflow}@${found.version}`} workflow={found} code={found.code} />
      )}
    </Suspense>
  )
}

const Opening = ({ title }: { readonly title: string }) => (
  <Screen title={title}>
    <Loading what="Opens the workflow." />
  </Screen>
)
