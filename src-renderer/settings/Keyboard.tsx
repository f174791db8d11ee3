import { useAllCommands } from '../app/commands.ts'
import { keysInWords } from '../app/keys.ts'
import { Section } from '../ui/Screen.tsx'
import classes from './Settings.module.css'

/** Keys that hold in every list; lists are no commands. */
const LIST_KEYS = [
  { title: 'Next, previous row of a list', keys: 'J  K' },
  { title: 'Open the row', keys: 'Enter' },
  { title: 'Choose the row', keys: 'X' },
] as const

/** Commands of the frame with their keys. Screens have more: the palette shows them where they hold. */
export function Keyboard() {
  const commands = useAllCommands().filter(({ keys }) => keys !== undefined)
  return (
    <Section title="Keyboard">
      <ul className={classes.keys}>
        {commands.map(({ id, title, group, keys = '' }) => (
          <Key key={id} title={group === 'Go to' ? `Go to ${title}` : title} keys={keysInWords(keys)} />
        ))}
        {LIST_KEYS.map(({ title, keys }) => (
          <Key key={title} title={title} keys={keys} />
        ))}
      </ul>
      <p className="dim">Each screen has more commands; {keysInWords('mod+k')} lists those that hold where you are.</p>
    </Section>
  )
}

function Key({ title, keys }: { readonly title: string; readonly keys: string }) {
  return (
    <li className={classes.key}>
      <span className="truncate">{title}</span>
      <kbd className={classes.kbd}>{keys}</kbd>
    </li>
  )
}
