import AxeBuilder from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

/** What a screen reader, a keyboard and weak eyes need: no violation of axe's rules on what is shown now. */
export async function expectAccessible(window: Page, what: string): Promise<void> {
  // Electron opens no further pages for the tool, which its legacy mode can do without.
  // What floats stands at the end of the page, outside of all landmarks: dialogs are announced by their role.
  // All addresses of the screens begin with #: a link that is out of sight would pass for one that skips to a place.
  const builder = new AxeBuilder({ page: window })
    .setLegacyMode(true)
    .exclude('iframe')
    .disableRules(['region', 'skip-link'])
  const { violations } = await builder.analyze()
  const found = violations.map(({ id, help, nodes }) => ({
    id,
    help,
    at: nodes.slice(0, 5).map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary ?? ''}`),
  }))
  expect(found, what).toEqual([])
}
