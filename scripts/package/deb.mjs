#!/usr/bin/env node
/**
 * Stands where electron-builder calls fpm (CUSTOM_FPM_PATH), and makes a Debian package with dpkg-deb, which every Debian has:
 * fpm itself would be fetched. Understands the options that electron-builder gives.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** WEIR_DEB_COMPRESSION: `none` for tests, which have no use for a small package. */
const compression = process.env.WEIR_DEB_COMPRESSION ?? 'xz'

/** Options by name; those that come several times as lists; what is left are `source=target` pairs. */
const parse = (args) => {
  const options = new Map()
  const pairs = []
  for (let i = 0; i < args.length; i += 1) {
    const name = args[i]
    if (!name.startsWith('-')) pairs.push(name)
    else if (name !== '--force') {
      i += 1
      options.set(name, [...(options.get(name) ?? []), args[i]])
    }
  }
  return { one: (name) => options.get(name)?.[0], all: (name) => options.get(name) ?? [], pairs }
}

/** Puts every pair into the tree: folders by hard links, because an Electron is large and is only read. */
const fill = (tree, pairs) => {
  for (const pair of pairs) {
    const at = pair.lastIndexOf('=')
    const [source, target] = [pair.slice(0, at), join(tree, pair.slice(at + 1))]
    mkdirSync(dirname(target), { recursive: true })
    if (statSync(source).isDirectory()) execFileSync('cp', ['-al', source.replace(/\/$/, ''), target])
    else {
      cpSync(source, target)
      chmodSync(target, 0o644)
    }
  }
}

const control = (options, kibibytes) => {
  const [synopsis = '', ...rest] = options.one('--description').split('\n')
  const lines = [
    `Package: ${options.one('--name')}`,
    `Version: ${options.one('--version')}`,
    `Architecture: ${options.one('--architecture')}`,
    `Maintainer: ${options.one('--maintainer')}`,
    `Installed-Size: ${kibibytes}`,
    ...(options.all('-d').length > 0 ? [`Depends: ${options.all('-d').join(', ')}`] : []),
    ...(options.all('--deb-recommends').length > 0
      ? [`Recommends: ${options.all('--deb-recommends').join(', ')}`]
      : []),
    'Section: devel',
    `Priority: ${options.one('--deb-priority') ?? 'optional'}`,
    `Description: ${synopsis.trim()}`,
    ...rest.map((line) => ` ${line.trim() || '.'}`),
  ]
  return `${lines.join('\n')}\n`
}

const options = parse(process.argv.slice(2))
const target = options.one('--package')
const tree = mkdtempSync(join(dirname(target), '.deb-'))
try {
  chmodSync(tree, 0o755)
  fill(tree, options.pairs)
  const size = Number(execFileSync('du', ['-sk', tree], { encoding: 'utf8' }).split('\t', 1)[0])
  mkdirSync(join(tree, 'DEBIAN'))
  writeFileSync(join(tree, 'DEBIAN/control'), control(options, size))
  for (const [script, name] of [
    [options.one('--after-install'), 'postinst'],
    [options.one('--after-remove'), 'postrm'],
  ]) {
    if (script === undefined) continue
    copyFileSync(script, join(tree, 'DEBIAN', name))
    chmodSync(join(tree, 'DEBIAN', name), 0o755)
  }
  execFileSync('dpkg-deb', ['--root-owner-group', `-Z${compression}`, '--build', tree, target], { stdio: 'inherit' })
} finally {
  rmSync(tree, { recursive: true, force: true })
}
