/**
 * `npm run dev [-- --data DIR] [--port N]`: the screens in a browser, against a real engine, with changes of the code
 * shown at once. Starts the engine of the folder in the background if it does not run; it goes on afterwards.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { checkNode, ensureBuilt, ensureInstalled, main, ROOT, Stop } from './bootstrap.mjs'

await main(async (args) => {
  checkNode()
  ensureInstalled()
  ensureBuilt()
  const { values } = parseArgs({
    args,
    options: { data: { type: 'string' }, port: { type: 'string', default: '5173' } },
  })
  const data = values.data === undefined ? join(ROOT, '.weir/dev') : resolve(values.data)
  const boot = spawnSync(
    process.execPath,
    ['resources/bin/weir.cjs', '--data', data, 'boot', 'up', '--daemon', '--listen', '127.0.0.1:0'],
    { cwd: ROOT, stdio: 'inherit' },
  )
  if (boot.status !== 0) throw new Stop('The engine did not start, see above.')
  process.env.WEIR_DEV_ENGINE = JSON.parse(readFileSync(join(data, 'engine.json'), 'utf8')).url
  process.env.WEIR_DEV_TOKEN = readFileSync(join(data, 'token'), 'utf8').trim()
  const { createServer } = await import('vite')
  const server = await createServer({
    configFile: join(ROOT, 'src-renderer/vite.config.ts'),
    server: { port: Number(values.port), strictPort: true },
  })
  await server.listen()
  server.printUrls()
  await new Promise(() => undefined)
})
