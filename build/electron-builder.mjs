/** How packages are made: `npm run package` (scripts/package.mjs) hands this to electron-builder. */

import { rmSync } from 'node:fs'
import { join } from 'node:path'

/** Native packages carry prebuilt files for every platform: each package ships those of its own. */
const PREBUILDS = 'node_modules/@photostructure/sqlite/prebuilds'
const OTHER_PLATFORMS = {
  linux: ['darwin-*', 'win32-*'],
  mac: ['linux-*', 'win32-*'],
  win: ['linux-*', 'darwin-*'],
}
const files = (platform) => [
  'package.json',
  'out/main/**/*.cjs',
  'out/preload/**/*.cjs',
  'out/renderer/**/*',
  'resources/icons/*.png',
  '!**/*.map',
  '!node_modules/@photostructure/sqlite/{src,scripts,binding.gyp}',
  // Only to be built, which nobody does here: what wants them works without.
  '!node_modules/{cpu-features,nan,buildcheck,node-addon-api,@types}{,/**}',
  '!node_modules/**/{.vscode,test,tests,docs,example,examples,*.md,*.d.ts,*.d.cts,*.d.mts}',
  ...OTHER_PLATFORMS[platform].map((other) => `!${PREBUILDS}/${other}`),
]

const DEFINITION_TYPE = 'application/vnd.weir.workflow+yaml'
const DEFINITIONS = ['weir.yaml', 'weir.yml'].map((ext) => ({
  ext,
  name: 'Weir workflow',
  mimeType: DEFINITION_TYPE,
  role: 'Editor',
}))

/** Deb packages of the names before and after the change of `time_t`. */
const DEBIAN_PACKAGES = [
  'libgtk-3-0 | libgtk-3-0t64',
  'libnss3',
  'libasound2 | libasound2t64',
  'libgbm1',
  'libxss1',
  'libatk-bridge2.0-0 | libatk-bridge2.0-0t64',
]
/** Notifications, the keyring, links to the web, and the tray: Weir runs without them. */
const DEBIAN_EXTRAS = ['libnotify4', 'libsecret-1-0', 'xdg-utils', 'libayatana-appindicator3-1']

/** @type {import('electron-builder').Configuration} */
export default {
  appId: 'org.weir.desktop',
  productName: 'Weir',
  copyright: 'Apache-2.0',
  directories: { output: 'dist', buildResources: 'build' },
  // What is native is N-API with prebuilt files, which fit every Electron: nothing is built here.
  npmRebuild: false,
  nodeGypRebuild: false,
  asar: true,
  publish: null,
  protocols: [{ name: 'Weir', schemes: ['weir'] }],
  extraMetadata: {
    homepage: 'https://weir.invalid/',
    author: { name: 'Weir maintainers', email: 'maintainers@weir.invalid' },
    // Which of the desktop's entries its windows belong to.
    desktopName: 'weir-desktop.desktop',
    devDependencies: null,
    scripts: null,
    bin: null,
  },
  afterPack: ({ appOutDir, electronPlatformName }) => {
    // Electron's own, which starts apps in a checkout.
    if (electronPlatformName === 'linux') rmSync(join(appOutDir, 'resources/default_app.asar'), { force: true })
  },
  electronFuses: {
    // The command line, engine and supervisor of the package run as Node in the same program.
    runAsNode: true,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    loadBrowserProcessSpecificV8Snapshot: false,
    grantFileProtocolExtraPrivileges: false,
  },
  linux: {
    files: files('linux'),
    target: ['dir', 'tar.gz', 'deb'],
    // `weir` is the command line.
    executableName: 'weir-desktop',
    category: 'Development;Science;',
    synopsis: 'The workflow engine for workstations and labs',
    description: 'Build workflows by hand or as text, run them durably, watch them.',
    maintainer: 'Weir maintainers <maintainers@weir.invalid>',
    icon: 'resources/icons/app',
    // What that is stands in build/linux/mime.xml; the scheme comes with `protocols`.
    mimeTypes: [DEFINITION_TYPE],
    extraResources: [{ from: 'build/linux/weir', to: 'bin/weir' }],
    desktop: { entry: { StartupWMClass: 'Weir', Keywords: 'workflow;pipeline;runs;' } },
  },
  deb: {
    packageName: 'weir',
    depends: DEBIAN_PACKAGES,
    recommends: DEBIAN_EXTRAS,
    fpm: ['build/linux/mime.xml=/usr/share/mime/packages/weir.xml'],
    afterInstall: 'build/linux/after-install.sh',
    afterRemove: 'build/linux/after-remove.sh',
  },
  appImage: { artifactName: 'Weir-${version}-${arch}.AppImage' },
  mac: {
    files: files('mac'),
    target: ['dmg', 'zip'],
    category: 'public.app-category.developer-tools',
    icon: 'resources/icons/app/1024x1024.png',
    hardenedRuntime: true,
    gatekeeperAssess: false,
    fileAssociations: DEFINITIONS,
    extraResources: [{ from: 'build/mac/weir', to: 'bin/weir' }],
  },
  dmg: { title: 'Weir ${version}' },
  win: {
    files: files('win'),
    target: ['nsis'],
    icon: 'resources/icons/app/256x256.png',
    fileAssociations: DEFINITIONS,
    extraResources: [{ from: 'build/win/weir.cmd', to: 'bin/weir.cmd' }],
  },
  nsis: { oneClick: false, perMachine: false, allowToChangeInstallationDirectory: true },
}
