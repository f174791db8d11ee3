import { execFile } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { readFile, realpath, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { pack } from 'tar-stream'
import { callDocker } from './api.mjs'
import { findProgram, installCommand, installPackages, isDebian, isRoot } from './packages.mjs'

const run = promisify(execFile)

/** The images that tests run in. They are made from programs of this machine: no registry is needed. */
export const BUSYBOX_IMAGE = 'weir-test/busybox:1'
export const NODE_IMAGE = 'weir-test/node:1'

const IMPORT_TIMEOUT_MS = 5 * 60_000
const PASSWD = 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/tmp:/bin/sh\n'
const GROUP = 'root:x:0:\nnogroup:x:65534:\n'

const isStatic = async (program) => {
  // An ELF file that names no interpreter (PT_INTERP holds the path of the dynamic loader) needs no library.
  const head = (await readFile(program)).subarray(0, 4096).toString('latin1')
  return !/\/ld-(linux|musl)/.test(head)
}

/** Path of a statically linked busybox; installs Debian's package when root. */
const findBusybox = async () => {
  const found = findProgram('busybox')
  if (found !== null && (await isStatic(found))) return found
  if (!isRoot() || !isDebian()) {
    throw new Error(`the test images need a static busybox; run: ${installCommand(['busybox-static'])}`)
  }
  await installPackages(['busybox-static'])
  return findProgram('busybox') ?? '/bin/busybox'
}

const addFile = (tar, name, body, mode = 0o644) =>
  new Promise((resolve, reject) => {
    tar.entry({ name, mode }, body, (error) => (error ? reject(error) : resolve()))
  })

const addProgram = async (tar, name, source) => {
  const { size } = await stat(source)
  await pipeline(createReadStream(source), tar.entry({ name, mode: 0o755, size }))
}

/** The root of the small system: busybox under all its names, users, /tmp. */
const addBusybox = async (tar, busybox) => {
  for (const name of ['bin/', 'etc/', 'root/', 'usr/', 'usr/bin/', 'usr/local/', 'usr/local/bin/']) {
    tar.entry({ name, type: 'directory', mode: 0o755 })
  }
  tar.entry({ name: 'tmp/', type: 'directory', mode: 0o1777 })
  await addFile(tar, 'etc/passwd', PASSWD)
  await addFile(tar, 'etc/group', GROUP)
  await addProgram(tar, 'bin/busybox', busybox)
  const { stdout } = await run(busybox, ['--list'])
  for (const applet of stdout.split('\n').filter((name) => name !== '' && name !== 'busybox')) {
    tar.entry({ name: `bin/${applet}`, type: 'symlink', linkname: 'busybox' })
  }
  tar.entry({ name: 'usr/bin/env', type: 'symlink', linkname: '/bin/busybox' })
}

/** Shared libraries of a program with the loader, as the paths under which the program looks for them. */
const librariesOf = async (program) => {
  const { stdout } = await run('ldd', [program])
  return [...stdout.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map((match) => match[1])
}

const addNode = async (tar) => {
  const node = await realpath(process.execPath)
  await addProgram(tar, 'usr/local/bin/node', node)
  for (const library of await librariesOf(node)) await addProgram(tar, library.slice(1), await realpath(library))
}

const importImage = async (host, image, fill) => {
  const [repo, tag] = image.split(':')
  const tar = pack()
  const query = new URLSearchParams({ fromSrc: '-', repo, tag })
  query.append('changes', 'ENV PATH=/usr/local/bin:/usr/bin:/bin')
  query.append('changes', 'CMD ["/bin/sh"]')
  const sent = callDocker(host, 'POST', `/images/create?${query}`, { stream: tar, timeoutMs: IMPORT_TIMEOUT_MS })
  try {
    await fill(tar)
    tar.finalize()
  } catch (error) {
    tar.destroy(error instanceof Error ? error : new Error(String(error)))
    await sent.catch(() => undefined) // the first error is the one that matters
    throw error
  }
  const answer = await sent
  if (answer.status !== 200 || answer.text.includes('"error"')) {
    throw new Error(`Docker did not take the image ${image}: ${answer.text.trim()}`)
  }
}

const exists = async (host, image) => (await callDocker(host, 'GET', `/images/${image}/json`)).status === 200

const refuseForeignSystem = (image, substitute) => {
  if (process.platform === 'linux') return
  throw new Error(
    `the image ${image} is made from programs of a Linux machine; here run: docker pull ${substitute} && docker tag ${substitute} ${image}`,
  )
}

/** Makes `weir-test/busybox:1` unless the engine has it. Answers the image's name. */
export const ensureTestImage = async (host) => {
  if (await exists(host, BUSYBOX_IMAGE)) return BUSYBOX_IMAGE
  refuseForeignSystem(BUSYBOX_IMAGE, 'busybox:1.36')
  const busybox = await findBusybox()
  await importImage(host, BUSYBOX_IMAGE, (tar) => addBusybox(tar, busybox))
  return BUSYBOX_IMAGE
}

/** Makes `weir-test/node:1`, with the Node that runs this script, unless the engine has it. Answers its name. */
export const ensureNodeImage = async (host) => {
  if (await exists(host, NODE_IMAGE)) return NODE_IMAGE
  refuseForeignSystem(NODE_IMAGE, 'node:20-alpine')
  const busybox = await findBusybox()
  await importImage(host, NODE_IMAGE, async (tar) => {
    await addBusybox(tar, busybox)
    await addNode(tar)
  })
  return NODE_IMAGE
}
