import type { Page } from '@playwright/test'

/** Goes to an address of the screens, as a click on a link does. */
export async function goTo(window: Page, path: string): Promise<void> {
  await window.evaluate((to) => {
    ;(globalThis as unknown as { location: { hash: string } }).location.hash = to
  }, path)
}
