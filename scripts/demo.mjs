/**
 * `npm run demo [-- --data DIR]`: from a bare checkout to results. Installs and builds what is missing, starts an engine
 * in a data folder of its own, runs resources/examples/seattle-weather, prints what it found, stops the engine.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { checkNode, ensureBuilt, ensureInstalled, main, ROOT, Stop, say } from './bootstrap.mjs'

const EXAMPLE = 'resources/examples/seattle-weather'
const DATA_SET = 'node_modules/vega-datasets/data/seattle-weather.csv'
/** Enough for a run with its steps; spawnSync keeps 1 MiB otherwise. */
const ANSWER_LIMIT = 64 * 1024 * 1024

const dataFolder = (args) => {
  const at = args.indexOf('--data')
  const given = at === -1 ? undefined : args[at + 1]
  if (at !== -1 && given === undefined) throw new Stop('--data needs a folder: npm run demo -- --data DIR')
  return given === undefined ? join(ROOT, '.weir/demo') : resolve(given)
}

/** Runs a command of `weir` on the demo's engine: notes and progress on the terminal, the answer as text. */
const weir = (data, args) => {
  const { status, stdout, error } = spawnSync(process.execPath, ['resources/bin/weir.cjs', '--data', data, ...args], {
    cwd: ROOT,
    stdio: ['inherit', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: ANSWER_LIMIT,
  })
  if (error !== undefined) throw error
  return { status, answer: stdout }
}

const ask = (data, args) => {
  const { status, answer } = weir(data, args)
  if (status !== 0) throw new Stop(`weir ${args.join(' ')} ended with exit code ${status}.`)
  return answer
}

const COLUMNS = [
  { title: 'year', of: (year) => String(year.year) },
  { title: 'days', of: (year) => String(year.days) },
  { title: 'mean °C', of: (year) => year.meanTemperature.toFixed(2) },
  { title: 'min °C', of: (year) => year.minTemperature.toFixed(1) },
  { title: 'max °C', of: (year) => year.maxTemperature.toFixed(1) },
  { title: 'rain mm', of: (year) => year.precipitation.toFixed(1) },
  { title: 'wet days', of: (year) => String(year.wetDays) },
  { title: 'wind m/s', of: (year) => year.meanWind.toFixed(2) },
]

/** The yearly numbers as a table of right-aligned columns. */
const table = (stats) => {
  const rows = [COLUMNS.map(({ title }) => title), ...stats.map((year) => COLUMNS.map(({ of }) => of(year)))]
  const widths = COLUMNS.map((_, i) => Math.max(...rows.map((row) => row[i].length)))
  return rows.map((row) => row.map((cell, i) => cell.padStart(widths[i] + 2)).join('')).join('\n')
}

const signed = (value, digits) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`

/** The two trends as sentences. */
const trendWords = ({ temperature, precipitation }) =>
  [
    `  temperature    ${signed(temperature.slope, 2)} °C a year (R² ${temperature.r2.toFixed(2)})`,
    `  precipitation  ${signed(precipitation.slope, 0)} mm a year (R² ${precipitation.r2.toFixed(2)})`,
  ].join('\n')

const runExample = (data) => {
  say(`Runs ${EXAMPLE}`)
  const { status, answer } = weir(data, ['run', 'start', EXAMPLE, '--param', `csv=${DATA_SET}`, '--wait', '-o', 'json'])
  if (status !== 0)
    throw new Stop(`The run did not succeed (exit code ${status}). The doctor may know: npx weir --data ${data} doctor`)
  return JSON.parse(answer)
}

const show = (run, report) => {
  const { stats, trend } = run.result.outputs
  process.stdout.write(`
Seattle's weather, run ${run.id}: ${run.counts.total} steps in ${(run.durationMs / 1000).toFixed(1)} s

${table(stats)}

Trend
${trendWords(trend)}

Report with charts: ${report}
`)
}

await main((args) => {
  const data = dataFolder(args)
  checkNode()
  ensureInstalled()
  ensureBuilt()
  if (!existsSync(join(ROOT, DATA_SET)))
    throw new Stop(`${DATA_SET} is missing. Run npm ci --ignore-scripts and try again.`)
  mkdirSync(data, { recursive: true })
  // Ctrl-C ends the command that runs now; the engine is stopped all the same.
  process.on('SIGINT', () => process.stderr.write('\nInterrupted: stops the engine.\n'))
  say(`Starts an engine in ${relative(ROOT, data) || data}`)
  ask(data, ['boot', 'up', '--daemon'])
  try {
    const run = runExample(data)
    const report = join(data, 'report.html')
    ask(data, [
      'asset',
      'get',
      run.id,
      '--step',
      'report',
      '--output',
      'report',
      '--file',
      'report.html',
      '--to',
      report,
      '--force',
    ])
    show(run, report)
    return 0
  } finally {
    say('Stops the engine')
    weir(data, ['boot', 'down'])
  }
})
