/**
 * Who may import whom (docs/architecture.md, "Tree"). A rule that is broken fails `npm run check`; the rules themselves
 * are tested by planting violations in scripts/rules.int.test.ts.
 */

/** Interfaces between areas: types and constants only, so importing them cannot make areas depend on each other's code. */
const INTERFACE_FILES = '(plan|storage|executor|blobs|handler)\\.ts'
const AREA = '^src-main/engine/([^/]+)/'
const ELECTRON = '(^|/)electron(/|$)'
const TESTS = '\\.(test|spec)\\.tsx?$'
/** What tests share: helpers, the simulation of the core, the suite that every storage backend passes. */
const TEST_HELPERS = '(^|/)(testing/|simulation/|suite\\.ts$|test-[^/]+\\.ts$|[^/]+\\.test-helpers\\.ts$)'
/** Where execution starts, and what tools load by name: nobody imports these. */
const ENTRIES = [
  TESTS,
  '\\.d\\.ts$',
  '\\.setup\\.(ts|mjs)$',
  '^src-main/(cli|supervisor|engine|desktop)/main\\.ts$',
  '^src-preload/index\\.ts$',
  '^src-renderer/(main\\.tsx|vite\\.config\\.ts)$',
  '\\.worker\\.ts$',
  '\\.(css|svg)$',
  '^src-main/engine/orchestrator/thread\\.ts$',
  '^(scripts|bench|e2e|resources)/',
  '^sdk/typescript/src/(index|testing/index|worker/command|runner/main|build/thread)\\.ts$',
  '^[^/]+\\.config\\.ts$',
]

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Files that import each other cannot be understood one at a time: move what both need into a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'Nothing imports this file: delete it, or import it.',
      severity: 'error',
      from: { orphan: true, pathNot: ENTRIES },
      to: {},
    },
    {
      name: 'resolvable',
      comment: 'This import leads nowhere: a typing error, or a package that package.json does not name.',
      severity: 'error',
      from: {},
      // Code that workers host imports the SDK by its name; a worker knows where that is.
      to: { couldNotResolve: true, pathNot: [ELECTRON, '^weir-sdk$'] },
    },
    {
      name: 'engine-without-electron',
      comment: 'Engine, CLI and supervisor run headless under plain Node, and screens in browsers.',
      severity: 'error',
      from: { path: '^(src-main/(engine|cli|supervisor)|src-shared|src-renderer)/' },
      to: { path: ELECTRON },
    },
    {
      name: 'contract-only-zod',
      comment: 'The contract is what every side imports, so it imports nothing but zod.',
      severity: 'error',
      from: { path: '^src-shared/contract/', pathNot: TESTS },
      to: { pathNot: ['^src-shared/contract/', '(^|/)zod(/|$)'] },
    },
    {
      name: 'shared-without-sides',
      comment: 'Shared code runs on every side, so it imports the code of none.',
      severity: 'error',
      from: { path: '^src-shared/' },
      to: { path: '^src-(main|renderer|preload)/' },
    },
    {
      name: 'renderer-without-engine',
      comment: 'Screens talk to the engine over the API only; what both need is in src-shared.',
      severity: 'error',
      from: { path: '^src-(renderer|preload)/' },
      to: { path: '^src-main/' },
    },
    {
      name: 'renderer-in-browsers',
      comment:
        'Screens run in a browser, without Node. What they need of the desktop is in src-shared/desktop/bridge.ts.',
      severity: 'error',
      from: { path: '^src-renderer/', pathNot: [TESTS, '^src-renderer/vite\\.config\\.ts$'] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'kit-without-screens',
      comment: 'The kit, the graph and the client are what screens are made of: they know none of them.',
      severity: 'error',
      from: { path: '^src-renderer/(ui|api|graph)/', pathNot: TESTS },
      to: { path: '^src-renderer/', pathNot: '^src-renderer/(ui|api|graph)/' },
    },
    {
      name: 'desktop-without-engine',
      comment: 'The desktop is a client: it finds or starts the engine through the supervisor, and survives it.',
      severity: 'error',
      from: { path: '^src-main/desktop/', pathNot: TESTS },
      to: {
        path: '^src-main/',
        pathNot: [
          '^src-main/desktop/',
          // Small files that load next to nothing: what index.ts brings along, a window would have to wait for.
          '^src-main/supervisor/(index|daemon|socket-path)\\.ts$',
          '^src-main/cli/data-folder\\.ts$',
        ],
      },
    },
    {
      name: 'main-without-renderer',
      comment: 'The engine serves screens as files; it imports none of their code.',
      severity: 'error',
      from: { path: '^src-main/' },
      to: { path: '^src-renderer/' },
    },
    {
      name: 'cli-without-engine',
      comment: 'The CLI is a client: contract, client and supervisor are all it knows.',
      severity: 'error',
      from: { path: '^src-main/cli/', pathNot: TESTS },
      to: { path: '^src-main/', pathNot: ['^src-main/cli/', '^src-main/supervisor/index\\.ts$'] },
    },
    {
      name: 'supervisor-without-engine',
      comment: 'The supervisor starts the engine as a process, and must survive it.',
      severity: 'error',
      from: { path: '^src-main/supervisor/', pathNot: TESTS },
      to: { path: '^src-main/', pathNot: '^src-main/supervisor/' },
    },
    {
      name: 'areas-through-index',
      comment: "Import another area's index.ts (or the interface between areas), not what is behind it.",
      severity: 'error',
      from: { path: AREA },
      to: {
        path: AREA,
        pathNot: ['^src-main/engine/$1/', `^src-main/engine/[^/]+/(index\\.ts|${INTERFACE_FILES})$`, TEST_HELPERS],
      },
    },
    {
      name: 'composition-through-index',
      comment: 'compose.ts and everything outside the engine see areas as they see each other: through index.ts.',
      severity: 'error',
      from: { pathNot: [AREA, '^(bench|e2e)/', TESTS] },
      to: { path: AREA, pathNot: [`^src-main/engine/[^/]+/(index\\.ts|${INTERFACE_FILES})$`] },
    },
    {
      name: 'interfaces-are-thin',
      comment: 'An interface between areas imports only the contract and other interfaces.',
      severity: 'error',
      from: { path: `^src-main/engine/[^/]+/${INTERFACE_FILES}$` },
      to: { pathNot: ['^src-shared/contract/', `^src-main/engine/[^/]+/${INTERFACE_FILES}$`] },
    },
    {
      name: 'core-is-pure',
      comment: 'The core knows no clock, no randomness and no I/O: no Node modules, no packages.',
      severity: 'error',
      from: { path: '^src-main/engine/orchestrator/core/', pathNot: TESTS },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional'] },
    },
    {
      name: 'sdk-alone',
      comment:
        'The SDK is a package of its own: it knows the protocol, and none of the code of the engine or its clients.',
      severity: 'error',
      from: { path: '^sdk/', pathNot: [TESTS, TEST_HELPERS] },
      to: { path: '^(src-[a-z]+|bench|e2e|scripts)/' },
    },
    {
      name: 'sdk-from-nowhere',
      comment: 'What ships does not import the SDK: code that uses it runs in processes of its own.',
      severity: 'error',
      from: { path: '^src-', pathNot: [TESTS, TEST_HELPERS] },
      to: { path: '^sdk/' },
    },
    {
      name: 'code-without-tests',
      comment: 'What ships imports neither tests nor their helpers.',
      severity: 'error',
      from: { pathNot: [TESTS, TEST_HELPERS, '^(bench|e2e)/'] },
      to: { path: [TESTS, TEST_HELPERS] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(out|dist|coverage)/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      extensions: ['.ts', '.tsx', '.mjs', '.cjs', '.js', '.json', '.d.ts'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
