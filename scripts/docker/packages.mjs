import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'

const run = promisify(execFile)
const INSTALL_TIMEOUT_MS = 10 * 60_000

export const isRoot = () => process.getuid?.() === 0
export const isDebian = () => existsSync('/etc/debian_version')

/** Absolute path of a program, also in the folders that only root has in its PATH; null when there is none. */
export const findProgram = (name) => {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin', '/usr/local/sbin', '/usr/bin', '/bin']
  for (const folder of folders) {
    if (folder !== '' && existsSync(`${folder}/${name}`)) return `${folder}/${name}`
  }
  return null
}

/** The one command that a person has to run to get Debian packages. */
export const installCommand = (packages) => `sudo apt-get install --no-install-recommends -y ${packages.join(' ')}`

/** Installs Debian packages, as root. Fails with the end of what apt said. */
export const installPackages = async (packages) => {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = (args) => run('apt-get', args, { env, timeout: INSTALL_TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 })
  const install = ['install', '--no-install-recommends', '-y', '-q', ...packages]
  try {
    await apt(install)
  } catch {
    // The package lists may be absent or old, as in a fresh image: fetch them and try once more.
    await apt(['update', '-q'])
    await apt(install)
  }
}
