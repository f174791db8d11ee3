/** `npm run bench [-- PART…]`: installs and builds what is missing, brings up Docker, measures (bench/main.ts). */
import { checkNode, ensureBuilt, ensureInstalled, main, run, runTool, Stop, say } from './bootstrap.mjs'
import { ensureElectron } from './electron.mjs'
import { ensurePython, findDask } from './python.mjs'

await main(async (args) => {
  checkNode()
  ensureInstalled()
  ensureBuilt()
  say('Builds the measurements')
  if (
    runTool('electron-vite/bin/electron-vite.js', ['build', '--logLevel', 'warn'], {
      env: { ...process.env, WEIR_BUNDLE: 'bench' },
    }) !== 0
  ) {
    throw new Stop('The build failed, see above.')
  }
  const { program } = await ensureElectron()
  // Needs packages, so it is loaded only now. Leaves the address of Docker, or why there is none, in the environment.
  const { setUpTestDocker } = await import('./docker/index.mjs')
  const docker = await setUpTestDocker()
  try {
    say('Measures')
    return run(process.execPath, ['out/bench/bench.cjs', ...args], {
      env: { ...process.env, WEIR_BENCH_ELECTRON: program, ...pythons() },
    })
  } finally {
    if (!('skipped' in docker)) await docker.stop()
  }
})

/** What workers in Python run in, and the Python that has Dask.distributed; without those that are not there. */
function pythons() {
  const python = ensurePython()
  const dask = findDask()
  return {
    ...(python === null ? {} : { WEIR_BENCH_PYTHON: python }),
    ...(dask === null ? {} : { WEIR_BENCH_DASK: dask }),
  }
}
