import type { AssetFile } from '../../../src-shared/contract/index.ts'

const digest = 'a'.repeat(64)

/** The workflow's files of `GOOD`. */
export const FILES: AssetFile[] = [
  { path: 'data/weather.csv', digest, size: 10 },
  { path: 'scripts/split.mjs', digest, size: 20 },
  { path: 'scripts/stats.mjs', digest, size: 30 },
]

/** A definition that uses every field and has no problem: what tests damage. */
export const GOOD = `# Seattle's weather
name: weather
description: Statistics by year
params:
  year: { type: integer, default: 2012, minimum: 1900 }
  data: { type: file, default: data/weather.csv }
  token: { type: secret, required: false }
  note: { type: string, required: false }
files: [data/*.csv, scripts]
env:
  LANG: C.UTF-8
  YEAR: \${{ params.year }}
steps:
  report:
    needs: stats
    when: steps.stats.status == "succeeded" || size(steps.stats.failed) < 2
    run: ["node", "report.mjs", "\${{ steps.stats.outputs.stats }}"]
    outputs: { html: { files: report.html } }
  split:
    run: |
      node scripts/split.mjs \${{ inputs.data }} \\
        --from "\${{ params.year + 1 }}"
    env: { TOKEN: "\${{ params.token }}", YEAR: "2013" }
    files: [scripts/split.mjs]
    inputs:
      data: \${{ params.data }}
    outputs:
      parts: { files: parts/*.csv }
    timeout: 1h30m
    retry: { limit: 3, delay: 1s..30s, on: [timeout, 75] }
    resources: { cpus: 0.5, memory: 512Mi }
    cache: { maxAge: 7d, version: "2", params: [data] }
  stats:
    forEach:
      items: \${{ steps.split.outputs.parts }}
      maxParallel: 2
      onFailure: continue
    inputs: { part: "\${{ item }}", n: "\${{ index }}" }
    run: node scripts/stats.mjs \${{ inputs.part }} > stats.json
    outputs: { stats: { json: stats.json } }
    concurrency: { key: "disk-\${{ item.name }}", limit: 4 }
  ask:
    approval:
      message: Publish \${{ params.year }}?
      form: { title: { type: string, default: Weather } }
  pause: { sleep: 10s, needs: [ask] }
  publish:
    workflow: publish
    inputs: { title: "\${{ steps.ask.outputs.title }}", html: "\${{ steps.report.outputs.html }}" }
outputs:
  url: \${{ steps.publish.outputs.anything }}
priority: 5
`
