import type { WebContents, WebFrameMain } from 'electron'
import { ORIGIN } from '../places.ts'

/** Contents of the windows that this desktop has opened. */
const ours = new WeakSet<WebContents>()
export const noteOurs = (contents: WebContents): void => void ours.add(contents)

/**
 * Whether a message comes from the page of one of our windows: from its top frame, which shows the screens. A frame
 * inside of it, which may show an asset with scripts of anybody, is not that.
 */
export function isOurPage(event: { readonly sender: WebContents; readonly senderFrame: WebFrameMain | null }): boolean {
  const { sender, senderFrame } = event
  return ours.has(sender) && senderFrame !== null && senderFrame === sender.mainFrame && senderFrame.origin === ORIGIN
}
