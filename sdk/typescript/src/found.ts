import type { Stats } from 'node:fs'
import { readdir, readlink, realpath, stat } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'

/**
 * Files of a path that code gives away: the file itself, or all that are in the folder. Links are followed where they are
 * named, and inside of a folder as long as they stay in it.
 *
 * @returns absolute paths, as they were named: not where links lead
 * @throws Error when something is neither file nor folder, or a link leads out of its folder, to a folder around it, or nowhere
 */
export async function* filesBelow(path: string): AsyncGenerator<string> {
  if (await isFolder(path)) {
    const home = await inWords(path, () => realpath(path))
    yield* walk({ root: path, home }, path, [home])
  } else yield path
}

/** What is read has to be there still. @throws Error in words */
export async function inWords<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    // Of the file, and not of the engine's socket.
    const isOfFile = error instanceof Error && 'code' in error && !('syscall' in error && error.syscall === 'connect')
    const code = isOfFile ? error.code : null
    if (code === 'ELOOP') throw new Error(`asset: ${path} is a link that leads to itself. Remove or correct it.`)
    if (code === 'ENOENT') throw new Error(await missing(path))
    if (code === 'EACCES' || code === 'EPERM') throw new Error(`asset: ${path} may not be read by this process.`)
    throw error
  }
}

interface Given {
  readonly root: string
  /** Where the root really is */
  readonly home: string
}

async function* walk(given: Given, folder: string, around: readonly string[]): AsyncGenerator<string> {
  const names = await inWords(folder, () => readdir(folder))
  for (const name of names.sort()) {
    const path = join(folder, name)
    const real = await inWords(path, () => realpath(path))
    if (real !== given.home && !real.startsWith(`${given.home}${given.home.endsWith(sep) ? '' : sep}`)) {
      throw new Error(
        `asset: ${path} is a link to ${real}, out of the folder ${given.root}. Give that path itself, or copy it into the folder.`,
      )
    }
    if (!(await isFolder(path))) yield path
    else if (around.includes(real)) {
      throw new Error(`asset: ${path} is a link to ${real}, a folder around it. Remove or correct it.`)
    } else yield* walk(given, path, [...around, real])
  }
}

async function isFolder(path: string): Promise<boolean> {
  const facts = await inWords(path, () => stat(path))
  if (facts.isDirectory()) return true
  if (facts.isFile()) return false
  throw new Error(`asset: ${path} is ${kindOf(facts)}. Only files can be kept, and folders of them.`)
}

function kindOf(facts: Stats): string {
  if (facts.isFIFO()) return 'a named pipe'
  if (facts.isSocket()) return 'a socket'
  return facts.isCharacterDevice() || facts.isBlockDevice() ? 'a device' : 'no file'
}

async function missing(path: string): Promise<string> {
  const target = await readlink(path).catch(() => null) // no link
  if (target !== null) return `asset: ${path} is a link to ${target}, which is not there. Remove or correct it.`
  return `asset: ${path} is not there. Write it first, and leave it while it is read; paths are relative to ${resolve('.')}.`
}
