import { Screen } from '../ui/Screen.tsx'
import { DraftsSection } from './DraftsSection.tsx'
import { EngineFacts, EngineProblems } from './EngineFacts.tsx'
import { FirstSteps } from './FirstSteps.tsx'
import classes from './home.module.css'
import { MachineSection } from './machine/MachineSection.tsx'
import { RunsSections } from './RunsSections.tsx'
import { NewWorkflow, StartSection } from './StartSection.tsx'

/** How things stand: what runs, what waits for a person, how the machine is, and what to do next. */
export function HomeScreen() {
  return (
    <Screen title="Home" facts={<EngineFacts />} actions={<NewWorkflow />} page>
      <EngineProblems />
      <div className={classes.columns}>
        <div className={classes.main}>
          <FirstSteps />
          <RunsSections />
          <StartSection />
        </div>
        <div className={classes.side}>
          <MachineSection />
          <DraftsSection />
        </div>
      </div>
    </Screen>
  )
}
