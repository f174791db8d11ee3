import { Screen } from '../ui/Screen.tsx'

export function RunScreen() {
  return <Screen title="Run">{null}</Screen>
}
