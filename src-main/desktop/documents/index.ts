export { askToOpen, askToSave } from './dialogs.ts'
export { type Documents, openDocuments } from './documents.ts'
export { DocumentProblem, isDocumentName } from './read.ts'
