import Docker from 'dockerode'
import { createContainerExecutor } from '../src-main/engine/executors/index.ts'
import { inTurn, type Measure, median, timed } from './measure.ts'
import { fanOut, openStage } from './stage.ts'

const STEPS = 5
const IMAGE = 'weir-test/busybox:1'

/** One container step after the other, against bare create, start, wait and remove; both per step. */
export async function containerMeasures(): Promise<Measure[]> {
  const docker = new Docker()
  const stage = await openStage((parts) => createContainerExecutor({ ...parts, owner: 'bench' }))
  const plan = fanOut(STEPS, { maxParallel: 1, image: IMAGE, cpus: 1 })
  const pair = await inTurn(
    5,
    async () => (await stage.run(plan)) / STEPS,
    async () =>
      (await timed(async () => {
        for (let step = 0; step < STEPS; step++) {
          const container = await docker.createContainer({ Image: IMAGE, Cmd: ['/bin/sh', '-e', '-c', 'true'] })
          await container.start()
          await container.wait()
          await container.remove()
        }
      })) / STEPS,
  )
  await stage.close()
  return [
    {
      name: 'container step, start to recorded',
      unit: 'ms',
      weir: median(pair.weir),
      bare: median(pair.bare),
      bareIs: 'create, start, wait, remove',
      target: null,
      samples: 5,
    },
  ]
}
