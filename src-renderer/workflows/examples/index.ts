export { ExampleCards, useRunExample } from './ExampleCards.tsx'
export { SAMPLE } from './examples.ts'
