/** Debian packages that the integration tests use: installed when this is root, otherwise the one command is printed. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { run, say } from './bootstrap.mjs'

/** Folders that a user's PATH may lack. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin']

const PACKAGES = [
  { name: 'docker.io', program: 'dockerd', for: 'container steps' },
  { name: 'iptables', program: 'iptables', for: 'networks of containers' },
  { name: 'busybox-static', program: 'busybox', for: 'the image that container tests run' },
]

const isInPath = (program) => {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...SYSTEM_FOLDERS]
  return folders.some((folder) => existsSync(join(folder, program)))
}

/** A Docker that answers (e.g. a desktop's, or a remote one) needs no package. */
const dockerAnswers = () => spawnSync('docker', ['version', '--format', '{{.Server.Version}}'], { stdio: 'ignore' }).status === 0

/** Packages of the list whose program is not on this machine. */
export const missing = (packages = PACKAGES, has = isInPath) => packages.filter(({ program }) => !has(program))

/** Installs what is missing, or says how; the tests that need it are skipped with their reason when it stays away. */
export const ensurePackages = () => {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/apt-get')) return
  const absent = missing().filter(({ name }) => name === 'busybox-static' || !dockerAnswers())
  if (absent.length === 0) return
  const names = absent.map(({ name }) => name)
  const uses = absent.map((entry) => `${entry.name} (${entry.for})`).join(', ')
  if (process.getuid?.() !== 0) {
    say(`Missing: ${uses}. To run the tests that need them: sudo apt-get install --no-install-recommends ${names.join(' ')}`)
    return
  }
  say(`Installs ${uses}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const install = () => run('apt-get', ['install', '--yes', '--quiet=2', '--no-install-recommends', ...names], { env })
  // Package lists may be absent or old on a fresh machine: fetch them only when the first try fails.
  if (install() === 0) return
  run('apt-get', ['update', '--quiet=2'], { env })
  if (install() !== 0) process.stdout.write(`apt-get could not install ${names.join(' ')}; the tests that need them will be skipped.\n`)
}
