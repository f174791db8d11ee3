import { ensureDocker, findDocker, keptDaemon, stopKept } from './engine.mjs'
import { ensureNodeImage, ensureTestImage } from './images.mjs'

const USAGE = `node scripts/docker/main.mjs up|down|image|status
  up      make sure that a Docker engine answers, start one when none does, make the test images; prints DOCKER_HOST=…
  image   make the test images on the engine that answers
  status  say which engine answers; exit code 1 when none does
  down    stop the engine that "up" started, with its containers`

const fail = (message) => {
  process.stderr.write(`${message}\n`)
  process.exitCode = 1
}

const makeImages = async (host) => {
  for (const image of [await ensureTestImage(host), await ensureNodeImage(host)])
    process.stderr.write(`image ${image}\n`)
}

const commands = {
  async up() {
    const docker = await ensureDocker({ keep: true })
    if ('skipped' in docker) return fail(docker.skipped)
    await makeImages(docker.host)
    process.stderr.write(docker.started ? 'started; "down" stops it\n' : 'it was running already\n')
    process.stdout.write(`DOCKER_HOST=${docker.host}\n`)
  },
  async image() {
    const host = await findDocker()
    if (host === null) return fail('no Docker engine answers; run: node scripts/docker/main.mjs up')
    await makeImages(host)
  },
  async status() {
    const host = await findDocker()
    if (host === null) return fail('no Docker engine answers')
    const kept = keptDaemon()
    process.stderr.write(
      kept?.host === host ? `started by "up", process ${kept.pid}, log ${kept.dir}/dockerd.log\n` : '',
    )
    process.stdout.write(`DOCKER_HOST=${host}\n`)
  },
  async down() {
    process.stderr.write((await stopKept()) ? 'stopped\n' : 'nothing to stop\n')
  },
}

const command = commands[process.argv[2] ?? '']
if (command === undefined) fail(USAGE)
else await command()
