import { Screen } from '../ui/Screen.tsx'

export function RunsScreen() {
  return <Screen title="Runs">{null}</Screen>
}
