import { setUpTestDocker } from './docker/index.mjs'
import { findProgram, installCommand, installPackages, isDebian, isRoot } from './docker/packages.mjs'

/**
 * Runs once before the integration tests: brings up a Docker engine with the test images. Tests find it in their
 * environment (WEIR_TEST_DOCKER, DOCKER_HOST), or in WEIR_TEST_DOCKER_SKIP the reason why there is none, with which
 * they skip themselves.
 */
export const setup = async (): Promise<() => Promise<void>> => {
  await setUpFaketime()
  const docker = await setUpTestDocker()
  return async () => {
    if (!('skipped' in docker)) await docker.stop()
  }
}

/** What lets the clock of an engine jump; the test of it skips itself where it cannot be had. */
async function setUpFaketime(): Promise<void> {
  if (!isDebian() || findProgram('faketime') !== null) return
  if (!isRoot()) {
    console.error(`The test of a jumping clock needs a package: ${installCommand(['faketime'])}`)
    return
  }
  try {
    await installPackages(['faketime'])
  } catch (error) {
    console.error(`faketime could not be installed: ${error instanceof Error ? error.message : String(error)}`)
  }
}
