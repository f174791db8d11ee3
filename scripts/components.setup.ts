import { setUpTestDocker } from './docker/index.mjs'
import { findProgram, installCommand, installPackages, isDebian, isRoot } from './docker/packages.mjs'

/**
 * Runs once before the integration tests: brings up a Docker engine with the test images. Tests find it in their
 * environment (WEIR_TEST_DOCKER, DOCKER_HOST), or in WEIR_TEST_DOCKER_SKIP the reason why there is none, with which
 * they skip themselves.
 */
export const setup = async (): Promise<() => Promise<void>> => {
  await setUpPackage('faketime', 'Tests of a jumping clock')
  await setUpPackage('chromium', 'Tests in a browser')
  const docker = await setUpTestDocker()
  return async () => {
    if (!('skipped' in docker)) await docker.stop()
  }
}

/** Installs a package whose program has the same name; tests that need it skip themselves where it cannot be had. */
async function setUpPackage(name: string, tests: string): Promise<void> {
  if (!isDebian() || findProgram(name) !== null) return
  if (!isRoot()) {
    console.error(`${tests} need a package: ${installCommand([name])}`)
    return
  }
  try {
    await installPackages([name])
  } catch (error) {
    console.error(`${name} could not be installed: ${error instanceof Error ? error.message : String(error)}`)
  }
}
