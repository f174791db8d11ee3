import { Button } from '@mantine/core'
import { IconPlayerPlay } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { sayFailed } from '../../ui/say.ts'
import classes from './ExampleCards.module.css'
import { EXAMPLES, type Example, SAMPLE } from './examples.ts'

/** What reads and checks definitions is large, and only needed once somebody clicks. */
const acting = () => import('./run-example.ts')

/** The workflows that come with Weir: what each teaches, run or opened by one click. */
export function ExampleCards() {
  return (
    <ul className={classes.cards} aria-label="Examples">
      {EXAMPLES.map((example) => (
        <ExampleCard key={example.name} example={example} />
      ))}
    </ul>
  )
}

function ExampleCard({ example }: { readonly example: Example }) {
  const navigate = useNavigate()
  const { isBusy, run } = useRunExample()
  const look = async (): Promise<void> => {
    try {
      const { importExample } = await acting()
      await importExample(example)
      await navigate({ to: '/workflows/$workflow', params: { workflow: example.name } })
    } catch (error) {
      sayFailed(`${example.title} could not be opened`, error)
    }
  }
  return (
    <li className={classes.card}>
      <h2 className={classes.title}>{example.title}</h2>
      <p className={classes.teaches}>{example.teaches}</p>
      <p className={classes.needs}>Needs: {example.needs}.</p>
      <div className={classes.actions}>
        <Button
          variant={example === SAMPLE ? 'filled' : 'default'}
          loading={isBusy}
          leftSection={<IconPlayerPlay size={15} stroke={1.5} />}
          onClick={() => run(example)}
        >
          {example === SAMPLE ? 'Run the sample' : 'Run it'}
        </Button>
        <Button variant="subtle" color="gray" disabled={isBusy} onClick={() => void look()}>
          Look at it
        </Button>
      </div>
    </li>
  )
}

/** Runs an example and shows the run. */
export function useRunExample(): { readonly isBusy: boolean; readonly run: (example: Example) => void } {
  const navigate = useNavigate()
  const [isBusy, setBusy] = useState(false)
  const start = async (example: Example): Promise<void> => {
    setBusy(true)
    try {
      const { runExample } = await acting()
      const run = await runExample(example)
      if (run !== null) await navigate({ to: '/runs/$run', params: { run } })
    } catch (error) {
      sayFailed(`${example.title} could not be run`, error)
    } finally {
      setBusy(false)
    }
  }
  return { isBusy, run: (example) => void start(example) }
}
