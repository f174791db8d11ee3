import { test } from '../desktop/fixtures.ts'
import { expectAccessible } from './axe.ts'
import { goTo } from './go-to.ts'
import { furnish, picture, stops } from './tour.ts'

/** Every screen in both themes on the real desktop: accessible, and written to e2e/screenshots/ to be looked at. */
for (const theme of ['light', 'dark'] as const) {
  test(`every screen, ${theme}`, async ({ window, engine }) => {
    test.setTimeout(300_000)
    const shown = await furnish(engine)
    await window.evaluate((value) => {
      const page = globalThis as unknown as { weir: { preferences: { set(changes: object): Promise<unknown> } } }
      return page.weir.preferences.set({ theme: value })
    }, theme)
    for (const { name, path, isThere } of stops(shown)) {
      await goTo(window, path)
      await isThere(window)
      await picture(window, `${name}-${theme}`)
      await expectAccessible(window, `${name}, ${theme}`)
    }
    await window.keyboard.press('Control+K')
    await window.getByRole('textbox', { name: 'Search or run a command' }).waitFor()
    await picture(window, `palette-${theme}`)
    await expectAccessible(window, `palette, ${theme}`)
  })
}
