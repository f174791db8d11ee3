import { Screen } from '../ui/Screen.tsx'

export function WorkflowsScreen() {
  return <Screen title="Workflows">{null}</Screen>
}
