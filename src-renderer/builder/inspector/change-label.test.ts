import { expect, it } from 'vitest'
import { changeLabel } from './change-label.ts'

it.each<[(string | number)[], string]>([
  [['steps', 'fit', 'timeout'], 'Change timeout of fit'],
  [['steps', 'fit', 'retry', 'limit'], 'Change retry limit of fit'],
  [['steps', 'fit', 'run', 2], 'Change run of fit'],
  [['steps', 'fit', 'inputs', 'rate'], 'Change input rate of fit'],
  [['steps', 'fit', 'outputs', 'plots', 'files'], 'Change files of output plots of fit'],
  [['steps', 'ask', 'approval', 'form', 'note', 'type'], 'Change type of field note of ask'],
  [['params', 'year', 'default'], 'Change default of year'],
  [['env', 'TABLE'], 'Change variable TABLE'],
  [['description'], 'Change description'],
])('%j is called "%s"', (path, label) => expect(changeLabel(path)).toBe(label))
