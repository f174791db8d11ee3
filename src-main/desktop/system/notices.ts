import { Notification } from 'electron'
import type { RunNews } from '../engine/index.ts'
import { icon } from '../places.ts'
import { type Ended, noticeFor } from './notice-words.ts'

/** Runs that end within this time are told together. */
const GATHER_MS = 1_200

export interface NoticeOptions {
  /** Whether the person wants to hear of a run that ended so */
  readonly isWanted: (status: 'succeeded' | 'failed') => boolean
  /** Address of the screen that the person looks at, or null */
  readonly focusedRoute: () => string | null
  readonly lookUp: (news: RunNews) => Promise<Ended | null>
  readonly open: (route: string) => void
}

/** Notifications of runs that ended, except of the one that the person is looking at. */
export function createNotices({ isWanted, focusedRoute, lookUp, open }: NoticeOptions): (news: RunNews) => void {
  let gathered: Ended[] = []
  let timer: NodeJS.Timeout | undefined
  // A notification that is not referenced is collected, and its click with it.
  const shown = new Set<Notification>()

  const tell = (): void => {
    const notice = noticeFor(gathered)
    gathered = []
    if (notice === null || !Notification.isSupported()) return
    const notification = new Notification({ title: notice.title, body: notice.body, icon: icon('icon.png') })
    shown.add(notification)
    notification.on('click', () => {
      shown.delete(notification)
      open(notice.route)
    })
    notification.on('close', () => shown.delete(notification))
    notification.show()
  }

  return (news) => {
    const { status } = news
    if (news.type !== 'run.finished' || news.isChild || (status !== 'succeeded' && status !== 'failed')) return
    if (!isWanted(status) || focusedRoute()?.startsWith(`/runs/${news.run}`) === true) return
    void lookUp(news).then((ended) => {
      if (ended === null) return
      gathered.push(ended)
      clearTimeout(timer)
      timer = setTimeout(tell, GATHER_MS)
    })
  }
}
