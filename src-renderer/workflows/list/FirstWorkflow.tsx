import { ExampleCards } from '../examples/index.ts'
import classes from './list.module.css'

/** The list before there is a workflow. */
export function FirstWorkflow() {
  return (
    <div className={classes.first}>
      <h2 className={classes.firstTitle}>There is no workflow yet</h2>
      <p className={classes.firstText}>
        A workflow says which steps are run, in which order, and what each hands to the next. Draw one with New, drop a
        weir.yaml here, or begin with one of these:
      </p>
      <ExampleCards />
    </div>
  )
}
