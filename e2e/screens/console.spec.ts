import { type Browser, chromium, type Page } from '@playwright/test'
import { findProgram } from '../../scripts/docker/packages.mjs'
import { routes } from '../../src-shared/contract/index.ts'
import type { EngineHands } from '../desktop/engine-hands.ts'
import { expect, test } from '../desktop/fixtures.ts'
import { expectAccessible } from './axe.ts'
import { goTo } from './go-to.ts'
import { furnish, picture, stops } from './tour.ts'

/** The same screens in a browser: sign-in by link, a phone, large type. */

const PHONE = { width: 390, height: 844 }
/** A window of 1360 pixels at 200 % has this room for its layout. */
const ZOOMED = { width: 680, height: 430 }

const program = findProgram('chromium') ?? findProgram('google-chrome')
test.skip(program === null, 'there is no Chromium on this machine')

async function openBrowser(): Promise<Browser> {
  const root = process.getuid?.() === 0
  return chromium.launch({
    executablePath: program ?? '',
    args: ['--disable-gpu', '--no-first-run', '--disable-background-networking', ...(root ? ['--no-sandbox'] : [])],
  })
}

async function signIn(page: Page, engine: EngineHands): Promise<string> {
  const { url } = await engine.client().call(routes.auth.createLink, {})
  await page.goto(url)
  await expect(page.getByRole('navigation', { name: 'Places' })).toBeVisible()
  return url
}

const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const { documentElement: root } = (
      globalThis as unknown as { document: { documentElement: { scrollWidth: number; clientWidth: number } } }
    ).document
    return root.scrollWidth - root.clientWidth
  })

test('a link signs in once, and the session outlives a reload', async ({ engine }) => {
  await engine.start()
  const browser = await openBrowser()
  try {
    const page = await browser.newPage()
    const url = await signIn(page, engine)
    expect(page.url()).not.toContain('ticket')
    await page.reload()
    await expect(page.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible()
    const stranger = await (await browser.newContext()).newPage()
    await stranger.goto(url)
    await expect(stranger.getByRole('heading', { name: 'Sign in to this engine' })).toBeVisible()
    await expect(stranger.getByRole('alert')).toBeVisible()
    await expectAccessible(stranger, 'sign-in')
    await picture(stranger, 'sign-in-light')
  } finally {
    await browser.close()
  }
})

for (const [name, viewport] of Object.entries({ phone: PHONE, 'zoom-200': ZOOMED })) {
  test(`every screen fits: ${name}`, async ({ engine }) => {
    test.setTimeout(300_000)
    await engine.start()
    const shown = await furnish(engine)
    const browser = await openBrowser()
    try {
      const context = await browser.newContext({ viewport, reducedMotion: 'reduce' })
      const page = await context.newPage()
      await signIn(page, engine)
      for (const stop of stops(shown)) {
        await goTo(page, stop.path)
        await stop.isThere(page)
        await picture(page, `${stop.name}-${name}`)
        expect(await overflow(page), `${stop.name} is wider than the screen`).toBeLessThanOrEqual(0)
        await expectAccessible(page, `${stop.name}, ${name}`)
      }
    } finally {
      await browser.close()
    }
  })
}
