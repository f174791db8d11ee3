import { writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { canvasMeasures } from './canvas.ts'
import { codeMeasures } from './code.ts'
import { containerMeasures } from './containers.ts'
import { coreMeasures } from './core.ts'
import { desktopMeasures } from './desktop.ts'
import { engineMeasures, restartMeasures } from './engine.ts'
import { logViewMeasures } from './log-view.ts'
import { type Measure, table } from './measure.ts'
import { runViewMeasures } from './run-view.ts'
import { logMeasures, processMeasures } from './steps.ts'

/**
 * Measures Weir beside a bare lower bound in the same run: these are ratios to compare, not times to test. Prints a table and
 * writes the same as JSON. `npm run bench -- core steps` measures only these parts.
 */
const parts: Record<string, () => Promise<Measure[]>> = {
  engine: engineMeasures,
  core: coreMeasures,
  process: processMeasures,
  container: containerMeasures,
  logs: logMeasures,
  restart: restartMeasures,
  code: codeMeasures,
  desktop: desktopMeasures,
  canvas: canvasMeasures,
  runview: runViewMeasures,
  logview: logViewMeasures,
}

async function main(): Promise<void> {
  const wanted = process.argv.slice(2).filter((word) => !word.startsWith('-'))
  const unknown = wanted.find((word) => !(word in parts))
  if (unknown !== undefined) throw new Error(`there is no part ${unknown}; there are ${Object.keys(parts).join(', ')}`)
  const measures: Measure[] = []
  for (const [name, measure] of Object.entries(parts)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue
    if (name === 'container' && process.env['WEIR_TEST_DOCKER_SKIP']) {
      console.error(`container: left out: ${process.env['WEIR_TEST_DOCKER_SKIP']}`)
      continue
    }
    console.error(`${name} …`)
    measures.push(...(await measure()))
  }
  console.log(table(measures))
  const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version }
  const report = JSON.stringify({ at: new Date().toISOString(), machine, measures }, null, 2)
  await writeFile('out/bench.json', `${report}\n`)
  console.log('\nThe same as JSON: out/bench.json')
}

main().catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
