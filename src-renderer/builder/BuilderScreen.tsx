import { Screen } from '../ui/Screen.tsx'

export function WorkflowBuilderScreen() {
  return <Screen title="Workflow">{null}</Screen>
}

export function DraftBuilderScreen() {
  return <Screen title="New workflow">{null}</Screen>
}
