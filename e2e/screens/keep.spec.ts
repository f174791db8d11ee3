import { expect, test } from '../desktop/fixtures.ts'
import { goTo } from './go-to.ts'

/** A step is mended after a run that failed in it: what had succeeded does not run again. */

const chain = (command: string): string => `name: sum
steps:
  numbers:
    run: |
      date +%N > n.txt
      echo "slow and dear"
    outputs: { n: { text: n.txt } }
  total:
    run: ${command}
    inputs: { n: "\${{ steps.numbers.outputs.n }}" }
  say:
    needs: total
    run: echo done
`

test('a mended step runs on what succeeded before, from the builder', async ({ window, engine }) => {
  await engine.publish(chain('xawk'))
  const failed = await engine.startRun('sum')
  await engine.runIs(failed, 'failed')
  await engine.publish(chain('echo "$WEIR_INPUT_N"'))
  await goTo(window, '/workflows/sum')
  await window.getByRole('button', { name: 'More ways to run' }).click()
  await window.getByRole('menuitem', { name: 'Run, keep what succeeded' }).click()
  await expect(window).toHaveURL(/#\/runs\/(?!undefined)/)
  const kept = /runs\/([^?]+)/.exec(window.url())?.[1] ?? ''
  const run = await engine.runIs(kept, 'succeeded')
  expect(run.keep).toMatchObject({ run: failed })
  expect(run.steps.map(({ name, status }) => [name, status])).toEqual([
    ['numbers', 'cached'],
    ['total', 'succeeded'],
    ['say', 'succeeded'],
  ])
  await expect(window.getByText(`Keeps results of ${failed}`)).toBeVisible()
})

test('and from the run that failed', async ({ window, engine }) => {
  await engine.publish(chain('xawk'))
  const failed = await engine.startRun('sum')
  await engine.runIs(failed, 'failed')
  await engine.publish(chain('echo mended'))
  await goTo(window, `/runs/${failed}`)
  await window.getByRole('button', { name: 'Run again', exact: true }).click()
  await window.getByRole('menuitem', { name: 'New run that keeps what succeeded here' }).click()
  await expect(window.getByText(`Keeps results of ${failed}`)).toBeVisible()
  const kept = /runs\/([^?]+)/.exec(window.url())?.[1] ?? ''
  expect((await engine.runIs(kept, 'succeeded')).steps[0]?.status).toBe('cached')
})
