import { useParams } from '@tanstack/react-router'
import { RunView } from './run/RunView.tsx'

export function RunScreen() {
  const { run } = useParams({ from: '/runs/$run' })
  return <RunView key={run} run={run} />
}
