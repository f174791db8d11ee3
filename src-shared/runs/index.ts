export { lastRound, openSince, rerunWords, runTime, type StepTime, stepTime } from './times.ts'
export { fanOutWords, progressWords } from './words.ts'
