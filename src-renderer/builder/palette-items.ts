import { IconArrowsSplit2, type TablerIcon } from '@tabler/icons-react'
import type { Json } from '../../src-shared/contract/index.ts'
import { kindLooks } from '../graph/looks.ts'
import { identifierOf } from './step-names.ts'

/** A step that can be added. */
export interface PaletteItem {
  readonly id: string
  readonly title: string
  readonly text: string
  readonly icon: TablerIcon
  /** Class of its colour: see StepNode.module.css */
  readonly tone: string
  /** Words by which it is found beside its title */
  readonly words: string
  /** Name of the new step, before a number makes it free */
  readonly name: string
  readonly step: Json
}

export const basicItems: readonly PaletteItem[] = [
  {
    id: 'run',
    title: 'Run a command',
    text: 'A shell script or a program on this machine',
    icon: kindLooks.run.icon,
    tone: 'run',
    words: 'shell script bash process program python execute',
    name: 'command',
    step: { run: 'echo "Hello"' },
  },
  {
    id: 'container',
    title: 'Run in a container',
    text: 'A command with everything that an image holds',
    icon: kindLooks.container.icon,
    tone: 'container',
    words: 'docker image podman',
    name: 'container',
    step: { image: 'alpine:3', run: 'echo "Hello from a container"' },
  },
  {
    id: 'each',
    title: 'Fan out over items',
    text: 'The same command once for each item of a list',
    icon: IconArrowsSplit2,
    tone: 'run',
    words: 'forEach loop map parallel many array',
    name: 'each',
    step: { forEach: { items: ['a', 'b', 'c'] }, run: 'echo ${{ item }}' },
  },
  {
    id: 'approval',
    title: 'Ask a person',
    text: 'The run waits until somebody has answered',
    icon: kindLooks.approval.icon,
    tone: 'approval',
    words: 'approval form question manual human confirm',
    name: 'question',
    step: { approval: { message: 'Go on?' } },
  },
  {
    id: 'sleep',
    title: 'Wait',
    text: 'A pause of seconds, hours or days',
    icon: kindLooks.sleep.icon,
    tone: 'sleep',
    words: 'sleep pause delay timer',
    name: 'pause',
    step: { sleep: '10s' },
  },
]

export const workflowItem = (name: string, description: string | null): PaletteItem => ({
  id: `workflow:${name}`,
  title: name,
  text: description ?? 'Runs this workflow as a step',
  icon: kindLooks.workflow.icon,
  tone: 'workflow',
  words: 'workflow child run',
  name: identifierOf(name),
  step: { workflow: name },
})

export const targetItem = (path: string, description: string | null): PaletteItem => ({
  id: `target:${path}`,
  title: path,
  text: description ?? 'A function of a module of code',
  icon: kindLooks.target.icon,
  tone: 'target',
  words: 'target code function module python typescript task',
  name: identifierOf(path.split('/')[1] ?? path),
  step: { target: path },
})

/** Items in which every word of the search is found: in their titles first, then in what is said about them. */
export function found(items: readonly PaletteItem[], search: string): PaletteItem[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  const ranked = items.map((item) => ({ item, rank: rankOf(item, words) }))
  return ranked
    .filter(({ rank }) => rank < NOT_FOUND)
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ item }) => item)
}

const NOT_FOUND = 3

function rankOf({ title, words, text }: PaletteItem, search: readonly string[]): number {
  const places = [title, words, text].map((place) => place.toLowerCase())
  const ranks = search.map((word) => {
    const place = places.findIndex((one) => one.includes(word))
    return place < 0 ? NOT_FOUND : place
  })
  return Math.max(0, ...ranks)
}
