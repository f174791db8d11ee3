import { setUpTestDocker } from './docker/index.mjs'

/**
 * Runs once before the integration tests: brings up a Docker engine with the test images. Tests find it in their
 * environment (WEIR_TEST_DOCKER, DOCKER_HOST), or in WEIR_TEST_DOCKER_SKIP the reason why there is none, with which
 * they skip themselves.
 */
export const setup = async (): Promise<() => Promise<void>> => {
  const docker = await setUpTestDocker()
  return async () => {
    if (!('skipped' in docker)) await docker.stop()
  }
}
