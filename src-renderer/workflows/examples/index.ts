export { ExampleCards, useRunExample } from './ExampleCards.tsx'
export { isExample, SAMPLE } from './examples.ts'
