/** Draws the icons of the desktop from resources/icons/*.svg: `node scripts/icons.mjs`, after a change of them. Needs Chromium. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { main, ROOT, Stop } from './bootstrap.mjs'
import { findProgram } from './docker/packages.mjs'

const FOLDER = join(ROOT, 'resources/icons')
/** Sizes that Linux desktops look for; macOS and Windows make theirs from the largest. */
const APP_SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024]
const PICTURES = [
  ...APP_SIZES.map((size) => ({ from: 'weir.svg', to: `app/${size}x${size}.png`, size })),
  { from: 'weir.svg', to: 'icon.png', size: 256 },
  { from: 'weir.svg', to: 'tray.png', size: 22 },
  { from: 'weir.svg', to: 'tray@2x.png', size: 44 },
  { from: 'weir-template.svg', to: 'trayTemplate.png', size: 16 },
  { from: 'weir-template.svg', to: 'trayTemplate@2x.png', size: 32 },
]

await main(async () => {
  const { chromium } = await import('@playwright/test')
  const executablePath = findProgram('chromium') ?? findProgram('google-chrome')
  if (executablePath === null) throw new Stop('There is no Chromium to draw with: install it and try again.')
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  for (const { from, to, size } of PICTURES) {
    const page = await browser.newPage({ viewport: { width: size, height: size } })
    const svg = readFileSync(join(FOLDER, from), 'utf8')
    await page.setContent(`<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`)
    const target = join(FOLDER, to)
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, await page.screenshot({ omitBackground: true }))
    await page.close()
  }
  await browser.close()
  return 0
})
