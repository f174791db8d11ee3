import classes from './timeline.module.css'

/** What the bars mean. */
export function Legend() {
  return (
    <ul className={classes.legend} aria-label="Legend">
      <li>
        <span className={classes.hatched} aria-hidden /> Queued, or waits for the next attempt
      </li>
      <li>
        <span className={classes.solid} aria-hidden /> Runs
      </li>
      <li>
        <span className={classes.pale} aria-hidden /> Waits for a time or a person
      </li>
    </ul>
  )
}
