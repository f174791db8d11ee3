import { describe, expect, it } from 'vitest'
import type { DefinitionProblem } from '../../../src-shared/contract/index.ts'
import { parseDefinition } from './definition.ts'
import { evaluate } from './expression.ts'
import { FILES, GOOD } from './test-definition.ts'

const problemsOf = (source: string, files = FILES): DefinitionProblem[] => parseDefinition(source, files).problems
const brief = (problem: DefinitionProblem): string =>
  `${problem.line}:${problem.column} ${problem.code} ${problem.path}`

describe('a good definition', () => {
  const { plan, problems, definition } = parseDefinition(GOOD, FILES)

  it('has no problems', () => {
    expect(problems).toEqual([])
    expect(definition?.name).toBe('weather')
  })

  it('is ordered, needs completed from expressions', () => {
    expect(plan?.steps.map((step) => [step.name, step.kind, step.needs])).toEqual([
      ['split', 'run', []],
      ['stats', 'run', ['split']],
      ['report', 'run', ['stats']],
      ['ask', 'approval', []],
      ['pause', 'sleep', ['ask']],
      ['publish', 'workflow', ['ask', 'report']],
    ])
  })

  it('has every default filled in', () => {
    const step = (name: string) => plan?.steps.find((one) => one.name === name)
    expect(plan).toMatchObject({ name: 'weather', description: 'Statistics by year', priority: 5, files: FILES })
    expect(plan?.digest).toMatch(/^[0-9a-f]{64}$/)
    expect(step('report')).toMatchObject({
      runsAfterFailure: true,
      forEach: null,
      cache: null,
      timeoutMs: null,
      files: FILES,
    })
    expect(step('stats')?.runsAfterFailure).toBe(false)
    expect(step('split')).toMatchObject({
      timeoutMs: 5_400_000,
      retry: { limit: 3, minDelayMs: 1000, maxDelayMs: 30_000, on: ['timeout', 75] },
      resources: { cpus: 0.5, memoryBytes: 512 * 1024 * 1024, gpus: 0 },
      cache: { maxAgeMs: 7 * 86_400_000, version: '2', params: ['data'] },
      env: { LANG: 'C.UTF-8', YEAR: '2013', TOKEN: '${{ params.token }}' },
      secrets: ['token'],
    })
    expect(step('split')?.files.map((file) => file.path)).toEqual(['scripts/split.mjs'])
    expect(step('stats')?.forEach).toEqual({
      items: '${{ steps.split.outputs.parts }}',
      maxParallel: 2,
      onFailure: 'continue',
    })
    expect(step('pause')).toMatchObject({ env: {}, files: [], resources: { cpus: 0, memoryBytes: 0, gpus: 0 } })
  })

  it('is plain JSON, and has another digest when source or files change', () => {
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
    expect(parseDefinition(GOOD, FILES).plan?.digest).toBe(plan?.digest)
    expect(parseDefinition(`${GOOD}\n`, FILES).plan?.digest).not.toBe(plan?.digest)
    expect(
      parseDefinition(
        GOOD,
        FILES.map((file) => ({ ...file, digest: 'b'.repeat(64) })),
      ).plan?.digest,
    ).not.toBe(plan?.digest)
  })
})

/** A change of the good definition, and the first problem that it must give: place, code and path; words in the fix. */
const SLIPS: [from: string, to: string, problem: string, words: RegExp][] = [
  ['needs: stats', 'needs: stast', '15:12 unknown_step steps.report.needs', /`stats`/],
  ['needs: [ask]', 'needs: [ask, splt]', '46:37 unknown_step steps.pause.needs[1]', /`split`/],
  ['needs: [ask]', 'needs: [pause]', '46:3 cycle steps.pause', /pause → pause/],
  [
    '${{ params.data }}',
    '${{ steps.report.outputs.html }}',
    '14:3 cycle steps.report',
    /report → stats → split → report/,
  ],
  ['steps.split.outputs.parts', 'steps.slpit.outputs.parts', '35:18 unknown_step steps.stats.forEach.items', /`split`/],
  [
    'steps.split.outputs.parts',
    'steps.split.outputs.prats',
    '35:18 unknown_output steps.stats.forEach.items',
    /`parts`/,
  ],
  [
    'steps.split.outputs.parts',
    'steps.split.parts',
    '35:18 unknown_field steps.stats.forEach.items',
    /steps.split.outputs.parts/,
  ],
  ['params.year + 1', 'params.yaer + 1', '22:21 unknown_param steps.split.run', /`year`/],
  ['params.year + 1', 'params.year + ', '22:36 expression_syntax steps.split.run', /too early/],
  ['params.year + 1', 'params.year = 1', '22:33 expression_syntax steps.split.run', /`==`/],
  ['params.year + 1', 'params.year + "a"', '22:21 expression_type steps.split.run', /string\(x\)/],
  ['params.year + 1', 'year + 1', '22:21 unknown_name steps.split.run', /"year"/],
  ['inputs.data', 'inputs.date', '21:34 unknown_input steps.split.run', /`data`/],
  ['inputs.data', 'item', '21:34 not_in_scope steps.split.run', /forEach/],
  ['n: "${{ index }}"', 'n: "${{ inputs.part }}"', '38:44 not_in_scope steps.stats.inputs.n', /directly/],
  [
    'Publish ${{ params.year }}',
    'Publish ${{ params.token }}',
    '44:28 secret_exposed steps.ask.approval.message',
    /env/,
  ],
  [
    'when: steps.stats.status == "succeeded" || size(steps.stats.failed) < 2',
    'when: true',
    '16:11 wrong_type steps.report.when',
    /"true"/,
  ],
  [
    'steps.stats.status == "succeeded" ||',
    'steps.stats.state == "succeeded" ||',
    '16:11 unknown_field steps.report.when',
    /`status`/,
  ],
  [
    'steps.stats.status == "succeeded" || size(steps.stats.failed) < 2',
    'steps.stats.status',
    '16:11 expression_type steps.report.when',
    /Compare|text/,
  ],
  [
    'steps.stats.status == "succeeded" || size(steps.stats.failed) < 2',
    'params.year',
    '16:11 expression_type steps.report.when',
    /Compare/,
  ],
  ['size(steps.stats.failed)', 'size(steps.split.failed)', '16:53 unknown_field steps.report.when', /status/],
  ['"succeeded" || size', '"succeeded" or size', '16:45 expression_syntax steps.report.when', /&&/],
  ['${{ steps.split.outputs.parts }}', '${{ 3 }}', '35:18 expression_type steps.stats.forEach.items', /range/],
  [
    '${{ steps.split.outputs.parts }}',
    'steps.split.outputs.parts',
    '35:14 expression_type steps.stats.forEach.items',
    /\$\{\{ steps/,
  ],
  [
    '${{ steps.split.outputs.parts }}',
    '${{ steps[params.note].outputs.parts }}',
    '35:18 dynamic_step steps.stats.forEach.items',
    /steps\.NAME/,
  ],
  ['sleep: 10s', 'sleep: 10 s', '46:19 bad_duration steps.pause.sleep', /30s/],
  ['sleep: 10s', 'sleep: "${{ [1] }}"', '46:24 expression_type steps.pause.sleep', /30s/],
  ['sleep: 10s', 'sleep: 10s, run: x', '46:12 step_kind steps.pause.sleep', /step of its own/],
  ['sleep: 10s, ', '', '46:3 step_kind steps.pause', /exactly one/],
  ['sleep: 10s', 'sleep: 10s, image: a', '46:24 field_without_effect steps.pause.image', /Remove/],
  ['timeout: 1h30m', 'timeout: 90', '29:14 wrong_type steps.split.timeout', /"90"/],
  ['timeout: 1h30m', 'timeout: 0s', '29:14 bad_duration steps.split.timeout', /zero/],
  ['timeout: 1h30m', 'timeout: 9999d', '29:14 bad_duration steps.split.timeout', /ten years/],
  ['timeout: 1h30m', 'timeout: soon', '29:14 bad_format steps.split.timeout', /1h30m/],
  ['1s..30s', '30s..1s', '30:31 bad_range steps.split.retry.delay', /1s..30s/],
  ['[timeout, 75]', '[timeout, 300]', '30:54 bad_value steps.split.retry.on[1]', /1 to 255/],
  ['[timeout, 75]', '[timout]', '30:45 bad_value steps.split.retry.on[0]', /timeout/],
  ['cpus: 0.5', 'cpus: 0', '31:24 bad_resources steps.split.resources.cpus', /0\.5/],
  ['cpus: 0.5', 'cpus: -1', '31:24 too_small steps.split.resources.cpus', /at least 0/],
  ['512Mi', '512', '31:37 bad_resources steps.split.resources.memory', /512Mi/],
  ['512Mi', '512Miles', '31:37 bad_format steps.split.resources.memory', /2Gi/],
  ['params: [data] }', 'params: [dta] }', '32:49 unknown_input steps.split.cache.params[0]', /`data`/],
  ['    cache: {', '    cahce: {', '32:5 unknown_field steps.split.cahce', /`cache`/],
  ['    concurrency:', '    outputs: {a: {json: a}}\n    concurrency:', '41:5 duplicate_key ', /twice/],
  ['  LANG: C.UTF-8', '  LANG: C.UTF-8\n  A-B: x', '12:3 bad_name env.A-B', /A_B/],
  ['  LANG: C', '  WEIR_RUN_ID: C', '11:3 reserved_name env.WEIR_RUN_ID', /another/],
  ['  LANG: C.UTF-8', '  LANG: ${{ steps.ask.outputs.title }}', '11:13 not_in_scope env.LANG', /`params`, `run`/],
  ['  pause:', '  in:', '46:3 reserved_name steps.in', /in_/],
  ['  pause:', '  nul:', '46:3 reserved_name steps.nul', /nul_/],
  ['  pause:', '  Split:', '46:3 bad_name steps.Split', /only in case/],
  ['  pause:', '  a-b:', '46:3 bad_name steps.a-b', /`a_b`/],
  ['  pause:', '  ask:', '46:3 duplicate_key ', /twice/],
  ['json: stats.json', 'json: /tmp/stats.json', '40:31 bad_path steps.stats.outputs.stats.json', /absolute/],
  ['parts/*.csv', '../*.csv', '28:23 bad_path steps.split.outputs.parts.files', /leaves/],
  ['json: stats.json', 'jsn: stats.json', '40:25 unknown_field steps.stats.outputs.stats.jsn', /`json`/],
  ['json: stats.json', 'json: a, text: b', '40:34 unknown_field steps.stats.outputs.stats.text', /./],
  [
    'files: [scripts/split.mjs]',
    'files: [script/split.mjs]',
    '24:13 files_missing steps.split.files[0]',
    /scripts\/split.mjs/,
  ],
  ['data/*.csv', '/etc/*.csv', '9:9 bad_path files[0]', /absolute/],
  ['default: data/weather.csv', 'default: data/rain.csv', '6:32 bad_default params.data.default', /not among/],
  ['type: integer', 'type: int', '5:17 bad_value params.year.type', /Use one of|Did you mean/],
  ['default: 2012', 'default: 1800', '5:35 bad_default params.year.default', /less than 1900/],
  ['default: 2012', 'default: "2012"', '5:35 bad_default params.year.default', /without quotes/],
  ['default: 2012', 'pattern: "^a"', '5:26 field_without_effect params.year.pattern', /string/],
  ['type: secret, required: false', 'type: secret, default: x', '7:26 secret_exposed params.token.default', /readable/],
  ['type: string, required: false', 'type: string, pattern: "(?=a)"', '8:34 bad_pattern params.note.pattern', /RE2/],
  [
    'type: string, required: false',
    'type: array, items: {tpye: string}',
    '8:31 bad_schema params.note.items',
    /tpye|JSON Schema/,
  ],
  ['type: string, default: Weather', 'type: secret', '45:30 secret_exposed steps.ask.approval.form.title.type', /kept/],
  ['name: weather', 'name: my weather', '2:7 bad_format name', /called `my weather`: .*letters.*Write `my-weather`/],
  ['files: report.html', 'files: []', '18:31 too_small steps.report.outputs.html.files', /no file pattern.*plots/],
  ['name: weather', 'nmae: weather', '2:1 unknown_field nmae', /`name`/],
  ['name: weather\n', '', '1:1 missing_field |2:1 missing_field ', /`name:`/],
  ['priority: 5', 'priority: high', '52:11 wrong_type priority', /whole number|a number/],
  ['priority: 5', 'priority: 500', '52:11 too_big priority', /at most 100/],
  ['priority: 5', 'timeout: 5s', '52:1 unknown_field timeout', /belongs to a step/],
  ['    needs: stats', '\tneeds: stats', '15:1 yaml_syntax ', /spaces/],
  ['    needs: stats', '   needs: stats', '15:11 yaml_syntax ', /Line it up|Check/],
  ['params.year }}?', 'params.year ? "a" : "b" }}?', '44:16 yaml_syntax ', /quotes/],
  ['"${{ item }}"', '"${{ item }"', '38:26 expression_syntax steps.stats.inputs.part', /never closed/],
  ['scripts/stats.mjs ${{', 'scripts/stats.mjs `${{', '39:38 unsafe_place steps.stats.run', /env/],
]

describe('a slip', () => {
  it.each(SLIPS)('%j → %j', (from, to, expected, words) => {
    expect(GOOD).toContain(from)
    const { plan, problems } = parseDefinition(
      GOOD.replace(from, () => to),
      FILES,
    )
    expect(plan).toBeNull()
    const [first] = problems
    expect(problems.length).toBeGreaterThan(0)
    expect(expected.split('|')).toContain(first && brief(first))
    expect(`${first?.message} ${first?.fix}`).toMatch(words)
    for (const problem of problems) expect(problem.fix?.length).toBeGreaterThan(0)
  })

  it('is found inside folded, literal and quoted texts alike', () => {
    const scalars = [
      'echo ${{ 1 + paramz }}',
      '"echo \\"x\\" ${{ \\"a\\" + paramz }}"',
      "'echo ''x'' ${{ ''a'' + paramz }}'",
      '|\n      echo\n      echo ${{ 1 +\n        paramz }}',
      '>-\n      echo ${{ 1 }}\n      echo ${{ paramz }}',
      'echo $${{ ${{ paramz }}',
      '\n      echo\n      ${{ paramz }}',
      '"a\\\n      b ${{ paramz }}"',
    ]
    for (const scalar of scalars) {
      const source = `name: a\nsteps:\n  s:\n    run: ${scalar}\n`
      const before = source.slice(0, source.indexOf('paramz')).split('\n')
      expect(problemsOf(source)[0]).toMatchObject({
        code: 'unknown_name',
        line: before.length,
        column: (before.at(-1)?.length ?? 0) + 1,
      })
    }
  })

  it('is found behind aliases and merges', () => {
    const [problem] = problemsOf('name: a\nsteps:\n  s: &s {run: "${{ paramz }}"}\n  t:\n    <<: *s\n')
    expect(problem && brief(problem)).toBe('3:20 unknown_name steps.s.run')
    expect(
      parseDefinition('name: a\nsteps:\n  s: &s {run: x, timeout: 5s}\n  t:\n    <<: *s\n    run: y\n', []).plan
        ?.steps[1],
    ).toMatchObject({
      run: 'y',
      timeoutMs: 5000,
    })
  })
})

describe('numbers of parameters', () => {
  it.each([
    'params.y in [2011, 2012]',
    'params.list[params.y - 2012] == 1',
    '(params.y > 1 ? params.y : 1) > 0',
    '[1, 2] == [params.y, 2]',
    'range(params.y).exists(i, i == params.y - 1)',
    'params.y % 4 == 0 && params.r * 2 < size(params.list)',
    '[10, 20][params.y - 2012] == 10',
    '"abc".substring(params.y - 2012) == "abc"',
  ])('meet whole numbers: %s', (text) => {
    const head = 'name: a\nparams: {y: {type: integer}, r: {type: number}, list: {type: array}}\n'
    const source = `${head}steps: {s: {run: x, when: '${text}'}}\n`
    expect(problemsOf(source, [])).toEqual([])
    const given = {
      params: { y: 2012, r: 0.5, list: [1, 2] },
      steps: {},
      run: { id: 'a', workflow: 'a', workspace: 'a' },
    }
    expect(typeof evaluate(text, given, 'x')).toBe('boolean')
  })
})

describe('a step that calls a target', () => {
  const head = 'name: a\nsteps:\n'
  const call = `${head}  fit: {target: digits/train@4, inputs: {folds: 3}, cache: true, retry: {limit: 1}}\n`

  it('is planned for a worker, with the output that every target has', () => {
    const { plan, problems } = parseDefinition(`${call}outputs: {r: "\${{ steps.fit.outputs.result.rate }}"}\n`, [])
    expect(problems).toEqual([])
    expect(plan?.steps[0]).toMatchObject({
      kind: 'target',
      target: { module: 'digits', name: 'train', version: 4 },
      outputs: { result: { json: 'result' } },
      inputs: { folds: 3 },
      resources: { cpus: 0 },
      retry: { limit: 1 },
    })
    const { plan: newest } = parseDefinition(`${head}  fit: {target: flows.weather/main}\n`, [])
    expect(newest?.steps[0]?.target).toEqual({ module: 'flows.weather', name: 'main', version: null })
  })

  it.each([
    [`${call}  next: {run: "x \${{ steps.fit.outputs.rate }}"}\n`, 'unknown_output', /outputs\.result/],
    [`${head}  fit: {target: digits}\n`, 'bad_format', /digits\/train/],
    [`${head}  fit: {target: digits/train@0}\n`, 'bad_format', /digits\/train/],
    [`${head}  fit: {target: digits/train, run: x}\n`, 'step_kind', /step of its own/],
    [`${head}  fit: {target: digits/train, outputs: {a: {json: a}}}\n`, 'field_without_effect', /`result`/],
    [`${head}  fit: {target: digits/train, image: a}\n`, 'field_without_effect', /`run`/],
    [`${head}  fit: {target: digits/train, resources: {cpus: 1}}\n`, 'field_without_effect', /`run`/],
    [`${head}  fit: {target: digits/train, cache: {params: [x]}}\n`, 'unknown_input', /`x`/],
  ])('is refused: %j', (source, code, words) => {
    const [first] = problemsOf(source, [])
    expect(first?.code).toBe(code)
    expect(`${first?.message} ${first?.fix}`).toMatch(words)
  })
})

describe('a parameter of any type', () => {
  const source = (param: string): string => `name: a\nparams: {p: ${param}}\nsteps: {s: {run: "x \${{ params.p }}"}}\n`

  it.each(['{type: json}', '{type: json, schema: {type: [integer, "null"]}, default: null}'])('%s is good', (param) => {
    expect(problemsOf(source(param), [])).toEqual([])
  })

  it.each([
    ['{type: json, schema: {type: intger}}', 'bad_schema'],
    ['{type: json, schema: {type: integer}, default: a}', 'bad_default'],
    ['{type: json, schema: {type: integer}, default: null, required: true}', 'bad_default'],
    ['{type: string, schema: {}}', 'field_without_effect'],
    ['{type: json, items: {}}', 'field_without_effect'],
  ])('%s is %s', (param, code) => {
    expect(problemsOf(source(param), []).map((one) => one.code)).toEqual([code])
  })
})
