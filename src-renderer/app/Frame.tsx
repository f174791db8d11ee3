import { Outlet } from '@tanstack/react-router'
import { useConnection } from '../api/index.ts'
import { ArchivedNotice } from '../projects/ArchivedNotice.tsx'
import { ConnectionNotice } from './ConnectionNotice.tsx'
import classes from './Frame.module.css'
import { useFrameCommands } from './frame-commands.ts'
import { useOpenRequests } from './open-requests.ts'
import { Palette } from './Palette.tsx'
import { Rail } from './Rail.tsx'
import { SignIn } from './SignIn.tsx'
import { TopBar } from './TopBar.tsx'

/** What surrounds every screen: the rail, the bar, and what is said when the engine is away. */
export function Frame() {
  useFrameCommands()
  useOpenRequests()
  const phase = useConnection((store) => store.connection.phase)
  const hasData = useConnection((store) => store.generation > 0)
  if (phase === 'signedOut') return <SignIn />
  return (
    <div className={classes.frame}>
      <a className={classes.skip} href="#content">
        Skip to the content
      </a>
      <TopBar />
      <Rail />
      <main id="content" tabIndex={-1} className={classes.content}>
        <ConnectionNotice />
        {hasData && <ArchivedNotice />}
        <div className={classes.screen}>{hasData && <Outlet />}</div>
      </main>
      <Palette />
    </div>
  )
}
