import { IconSearch } from '@tabler/icons-react'
import { ProjectMenu } from '../projects/ProjectMenu.tsx'
import { WorkspaceMenu } from '../workspaces/WorkspaceMenu.tsx'
import { EngineMenu } from './EngineMenu.tsx'
import { keysInWords } from './keys.ts'
import mark from './mark.svg'
import { openPalette } from './Palette.tsx'
import { ThemeMenu } from './ThemeMenu.tsx'
import classes from './TopBar.module.css'

/** Which engine this is and how it is, which project and workspace are shown, search and commands, the look. */
export function TopBar() {
  return (
    <header className={classes.bar}>
      <img src={mark} alt="Weir" width={22} height={22} className={classes.mark} />
      <EngineMenu />
      <nav className={classes.place} aria-label="Project and workspace">
        <ProjectMenu />
        <span className={classes.slash} aria-hidden>
          /
        </span>
        <WorkspaceMenu />
      </nav>
      <button type="button" className={classes.search} onClick={openPalette} aria-label="Search or run a command">
        <IconSearch size={14} aria-hidden />
        <span className={`${classes.searchText} truncate`}>Search or run a command</span>
        <kbd className={classes.kbd}>{keysInWords('mod+k')}</kbd>
      </button>
      <ThemeMenu />
    </header>
  )
}
