import { ensureDocker } from './engine.mjs'
import { ensureNodeImage, ensureTestImage } from './images.mjs'

export { haltDaemon, startDaemon, stopDaemon } from './daemon.mjs'
export { ensureDocker, findDocker } from './engine.mjs'
export { BUSYBOX_IMAGE, ensureNodeImage, ensureTestImage, NODE_IMAGE } from './images.mjs'

/**
 * A Docker engine with both test images, for a test run. The answer is also left in the environment, for processes that
 * are started from here: WEIR_TEST_DOCKER and DOCKER_HOST hold the address, or WEIR_TEST_DOCKER_SKIP the reason why
 * there is none. Call it again, also from another process of the same run, to get the same answer.
 */
export const setUpTestDocker = async () => {
  if (process.env.WEIR_TEST_DOCKER_SKIP) return { skipped: process.env.WEIR_TEST_DOCKER_SKIP }
  if (process.env.WEIR_TEST_DOCKER) return { host: process.env.WEIR_TEST_DOCKER, started: false, stop: async () => {} }
  const docker = await ensureDocker()
  if ('skipped' in docker) {
    process.env.WEIR_TEST_DOCKER_SKIP = docker.skipped
    return docker
  }
  try {
    await ensureTestImage(docker.host)
    await ensureNodeImage(docker.host)
  } catch (error) {
    await docker.stop()
    const reason = `the test images cannot be made: ${error instanceof Error ? error.message : String(error)}`
    process.env.WEIR_TEST_DOCKER_SKIP = reason
    return { skipped: reason }
  }
  process.env.WEIR_TEST_DOCKER = docker.host
  process.env.DOCKER_HOST = docker.host
  const stop = async () => {
    delete process.env.WEIR_TEST_DOCKER
    await docker.stop()
  }
  return { ...docker, stop }
}
