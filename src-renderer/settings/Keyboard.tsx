import { Kbd } from '@mantine/core'
import { useAllCommands } from '../app/commands.ts'
import { keysInWords } from '../app/keys.ts'
import { Section } from '../ui/Screen.tsx'
import { TABLE_KEYS } from '../ui/table/index.ts'
import classes from './settings.module.css'

/** Every command that can be given here, and the keys of lists. */
export function Keyboard() {
  const commands = useAllCommands()
  const withKeys = commands.filter(({ keys }) => keys !== undefined)
  const others = commands.filter(({ keys }) => keys === undefined)
  return (
    <Section title="Keyboard">
      <h3 className={classes.keysTitle}>Everywhere</h3>
      <ul className={classes.keys}>
        {withKeys.map(({ id, title, keys = '' }) => (
          <Line key={id} does={title} keys={[keysInWords(keys)]} />
        ))}
        {others.map(({ id, title }) => (
          <li key={id}>
            <span>{title}</span>
            <span className="dim">by {keysInWords('mod+k')}</span>
          </li>
        ))}
      </ul>
      <h3 className={classes.keysTitle}>In lists</h3>
      <ul className={classes.keys}>
        {TABLE_KEYS.map(({ does, keys }) => (
          <Line key={does} does={does} keys={keys} />
        ))}
      </ul>
    </Section>
  )
}

function Line({ does, keys }: { readonly does: string; readonly keys: readonly string[] }) {
  return (
    <li>
      <span>{does}</span>
      <span className={classes.strokes}>
        {keys.map((key) => (
          <Kbd key={key} size="xs">
            {key}
          </Kbd>
        ))}
      </span>
    </li>
  )
}
