import { Button } from '@mantine/core'
import { IconTrashX } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { Empty, Failed, Loading } from '../../ui/Notes.tsx'
import { Screen } from '../../ui/Screen.tsx'
import { RunProvider, useRunState } from './data/run-store.ts'
import { useDefinitionOf } from './data/use-definition.ts'
import { PokeProvider, usePoke, useRunFeed } from './data/use-run-feed.ts'
import { RunBody } from './RunBody.tsx'

/** One run, live: everything below reads it from one store. */
export function RunView({ run }: { readonly run: string }) {
  const { store, poke } = useRunFeed(run)
  // Asked for beside the run and not after it, so that the picture is there with the first states.
  useDefinitionOf(run)
  return (
    <RunProvider value={store}>
      <PokeProvider value={poke}>
        <Phase run={run} />
      </PokeProvider>
    </RunProvider>
  )
}

function Phase({ run }: { readonly run: string }) {
  const phase = useRunState((state) => state.phase)
  const error = useRunState((state) => state.error)
  const poke = usePoke()
  if (phase === 'shown') return <RunBody />
  return (
    <Screen title={`Run ${run}`}>
      {phase === 'loading' && <Loading what="Reading the run…" />}
      {phase === 'failed' && <Failed error={error} what="The run could not be read" onRetry={poke} />}
      {phase === 'gone' && (
        <Empty
          icon={<IconTrashX size={28} stroke={1.5} />}
          title={`There is no run ${run}`}
          actions={
            <Button component={Link} to="/runs">
              Show all runs
            </Button>
          }
        >
          It was deleted, by a person or because it was older than runs are kept, or it belongs to another engine.
        </Empty>
      )}
    </Screen>
  )
}
