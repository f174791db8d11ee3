import { Tooltip } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { keysInWords } from './keys.ts'
import { places } from './places.ts'
import classes from './Rail.module.css'

/** The places of Weir; a bar at the bottom on narrow screens. */
export function Rail() {
  return (
    <nav className={classes.rail} aria-label="Places">
      {places.map(({ path, name, icon: Icon, keys }) => (
        <Tooltip key={path} label={`${name}  ${keysInWords(keys)}`} position="right">
          <Link
            to={path}
            className={classes.place}
            activeProps={{ 'data-active': true, 'aria-current': 'page' }}
            activeOptions={{ exact: path === '/' }}
            aria-label={name}
          >
            <Icon size={20} stroke={1.5} aria-hidden />
            <span className={classes.name}>{name}</span>
          </Link>
        </Tooltip>
      ))}
    </nav>
  )
}
