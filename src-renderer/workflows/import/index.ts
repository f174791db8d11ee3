export { DropZone } from './DropZone.tsx'
export { ImportButton } from './ImportButton.tsx'
export { checkBundle, openAsDraft, publish } from './import.ts'
export { importPicked } from './import-picked.tsx'
