import { describe, expect, it } from 'vitest'
import { Driver, items, locked } from '../testing/driver.ts'
import { each, plan, step } from '../testing/plan.ts'
import { RESERVE_AFTER_MS } from './schedule.ts'

const cpus = (count: number): { cpus: number; memoryBytes: number; gpus: number } => ({
  cpus: count,
  memoryBytes: 0,
  gpus: 0,
})

describe('room on the machine', () => {
  it('is never lent twice', () => {
    const driver = new Driver({ capacity: { cpus: 4 } })
    driver.start(plan(step('a', { resources: cpus(3) }), step('b', { resources: cpus(2) })))
    expect(driver.running()).toEqual(['r1:a'])
    driver.finish('a')
    expect(driver.running()).toEqual(['r1:b'])
  })

  it('counts memory and GPUs too', () => {
    const driver = new Driver({ capacity: { cpus: 4, memoryBytes: 10, gpus: 1 } })
    driver.start(
      plan(
        step('a', { resources: { cpus: 0, memoryBytes: 6, gpus: 0 } }),
        step('b', { resources: { cpus: 0, memoryBytes: 6, gpus: 0 } }),
        step('c', { resources: { cpus: 0, memoryBytes: 0, gpus: 1 } }),
        step('d', { resources: { cpus: 0, memoryBytes: 0, gpus: 1 } }),
      ),
    )
    expect(driver.running()).toEqual(['r1:a', 'r1:c'])
  })

  it('of fractions is all used, though their sums drift', () => {
    const driver = new Driver({ capacity: { cpus: 1 }, answers: { f: items(30) } })
    driver.start(plan(each('f', { resources: cpus(0.1) })))
    for (let index = 0; index < 20; index++) {
      expect(driver.running()).toHaveLength(10)
      driver.finish(`f[${index}]`)
    }
  })

  it('that the machine never has fails the step at once, with what to do', () => {
    const driver = new Driver({ capacity: { cpus: 4, memoryBytes: 2 ** 30, gpus: 0 } })
    driver.start(
      plan(
        step('a', { resources: cpus(8) }),
        step('b', { resources: { cpus: 1, memoryBytes: 2 ** 31, gpus: 0 } }),
        step('c', { resources: { cpus: 1, memoryBytes: 0, gpus: 1 } }),
      ),
    )
    expect(driver.unit('a').error).toEqual({
      code: 'resources_impossible',
      message: 'it asks for 8 CPUs, and this machine has 4',
      fix: 'lower resources.cpus of the step, or run it on a larger machine',
    })
    expect(driver.unit('b').error?.message).toBe('it asks for 2 GiB, and this machine has 1 GiB of memory')
    expect(driver.unit('c').error?.message).toBe('it asks for 1 GPUs, and this machine has 0')
  })

  it('that is too small for one step goes to smaller ones', () => {
    const driver = new Driver({ capacity: { cpus: 4 } })
    driver.start(plan(step('a', { resources: cpus(3) }), step('big', { resources: cpus(4) }), step('small')))
    expect(driver.running()).toEqual(['r1:a', 'r1:small'])
  })

  it('is what other projects have left over', () => {
    const driver = new Driver({ capacity: { cpus: 4 } })
    driver.state.others = { cpus: 2, memoryBytes: 0, gpus: 0 }
    driver.start(plan(step('big', { resources: cpus(3) }), step('small', { resources: cpus(2) })))
    expect(driver.running()).toEqual(['r1:small'])
    driver.finish('small')
    driver.state.others = { cpus: 1, memoryBytes: 0, gpus: 0 }
    driver.send({ type: 'room' })
    expect(driver.running()).toEqual(['r1:big'])
  })

  it('is left to another project that has waited longer, and taken when that one has been served', () => {
    const driver = new Driver({ capacity: { cpus: 4 }, answers: { f: items(10) } })
    driver.start(plan(each('f', { resources: cpus(1) })))
    expect([driver.running().length, driver.state.lacks?.least.step.resources.cpus]).toEqual([4, 1])
    const one = { cpus: 1, memoryBytes: 0, gpus: 0 }
    driver.state.claim = { next: { ...one, cpus: 4 }, least: one, isOverdue: false }
    driver.finish('f[0]')
    expect(driver.running()).toHaveLength(3)
    driver.finish('f[1]')
    // Two are free: the other one's step still fits beside ours.
    expect(driver.running()).toHaveLength(3)
    driver.state.claim = null
    driver.state.stirred = true
    driver.send({ type: 'room' })
    expect(driver.running()).toHaveLength(4)
  })

  it('is kept free for a large step of another project that has waited too long', () => {
    const driver = new Driver({ capacity: { cpus: 4 }, answers: { f: items(10) } })
    driver.start(plan(each('f', { resources: cpus(1) })))
    const large = { cpus: 4, memoryBytes: 0, gpus: 0 }
    driver.state.claim = { next: large, least: large, isOverdue: false }
    driver.finish('f[0]')
    expect(driver.running()).toHaveLength(4)
    driver.state.claim = { next: large, least: large, isOverdue: true }
    for (const [index, left] of [3, 2, 1, 0].entries()) {
      driver.finish(`f[${index + 1}]`)
      expect(driver.running()).toHaveLength(left)
    }
  })

  it('is kept free for a step that has waited too long', () => {
    const driver = new Driver({ capacity: { cpus: 4 }, answers: { f: items(100) } })
    driver.start(plan(each('f', { resources: cpus(1) })))
    driver.start(plan(step('big', { resources: cpus(4) })))
    let next = 0
    const endOne = (): void => {
      driver.finish(`f[${next}]`)
      next += 1
    }
    endOne()
    expect(driver.running()).toHaveLength(4)
    driver.now += RESERVE_AFTER_MS + 1
    for (const left of [3, 2, 1]) {
      endOne()
      expect(driver.running()).toHaveLength(left)
    }
    endOne()
    expect(driver.running()).toEqual(['r2:big'])
    driver.finish('big', undefined, 'r2')
    expect(driver.running()).toHaveLength(4)
  })
})

describe('whose turn it is', () => {
  it('higher priority first, of run and step together', () => {
    const driver = new Driver({ capacity: { cpus: 1 } })
    driver.start(plan(step('first')))
    driver.start(plan(step('low')), { priority: -1 })
    driver.start(plan(step('normal')))
    driver.start(plan(step('high', { priority: 5 })), { priority: 2 })
    driver.finish('first')
    expect(driver.running()).toEqual(['r4:high'])
    driver.finish('high', undefined, 'r4')
    expect(driver.running()).toEqual(['r3:normal'])
    driver.finish('normal', undefined, 'r3')
    expect(driver.running()).toEqual(['r2:low'])
  })

  it('then the run that has the least out: a long run does not lock out a short one', () => {
    const driver = new Driver({ capacity: { cpus: 4 }, answers: { f: items(50) } })
    driver.start(plan(each('f')))
    driver.start(plan(step('a')))
    driver.finish('f[0]')
    expect(driver.running()).toContain('r2:a')
  })

  it('shares the machine evenly between two fan-outs', () => {
    const driver = new Driver({ capacity: { cpus: 4 }, answers: { f: items(50) } })
    driver.start(plan(each('f')))
    driver.start(plan(each('f')))
    for (let index = 0; index < 4; index++) driver.finish(`f[${index}]`)
    expect([driver.run('r1').active, driver.run('r2').active]).toEqual([2, 2])
  })

  it('then the older run', () => {
    const driver = new Driver({ capacity: { cpus: 1 } })
    driver.start(plan(step('first')))
    driver.start(plan(step('a')))
    driver.now += 1
    driver.start(plan(step('a')))
    driver.finish('first')
    expect(driver.running()).toEqual(['r2:a'])
  })
})

describe('a concurrency key', () => {
  const keyed = { concurrency: { key: '${{ params.db }}', limit: 1 } }

  it('holds apart executions of different runs', () => {
    const driver = new Driver({ answers: { a: locked('db') } })
    driver.start(plan(step('a', keyed)))
    driver.start(plan(step('a', keyed)))
    expect(driver.running()).toEqual(['r1:a'])
    driver.fail('a')
    expect(driver.running()).toEqual(['r2:a'])
  })

  it('admits as many as its limit', () => {
    const driver = new Driver({ answers: { f: items(5), 'f[]': locked('db') } })
    driver.start(plan(each('f', { concurrency: { key: 'db', limit: 2 } })))
    expect(driver.running()).toHaveLength(2)
  })

  it('lets items with another key pass', () => {
    const driver = new Driver({ answers: { f: items(4), 'f[]': (unit) => locked(unit.index === 3 ? 'other' : 'db') } })
    driver.start(plan(each('f', keyed)))
    expect(driver.running()).toEqual(['r1:f[0]', 'r1:f[3]'])
  })

  it('is held on over a restart', () => {
    const driver = new Driver({ answers: { a: locked('db') } })
    driver.start(plan(step('a', keyed)))
    driver.start(plan(step('a', keyed)))
    driver.restart()
    expect(driver.running()).toEqual(['r1:a'])
    driver.finish('a')
    expect(driver.running()).toEqual(['r2:a'])
  })
})

describe('an executor that is away', () => {
  it('keeps its steps in the queue until it is back; others go on', () => {
    const driver = new Driver()
    const away = {
      type: 'executor.availability',
      executor: 'container',
      available: false,
      reason: 'Docker is down',
    } as const
    driver.send(away)
    driver.start(plan(step('a', { image: 'alpine' }), step('b')))
    expect(driver.running()).toEqual(['r1:b'])
    expect(driver.is('a')).toBe('queued')
    driver.send({ ...away, available: true, reason: '' })
    expect(driver.running()).toEqual(['r1:b', 'r1:a'])
  })
})
