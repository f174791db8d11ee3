/** Typed form fields from parameter schemas: for starting runs and for answering approvals. */
export { problemsOfAnswer } from './answered.ts'
export { jsonFault } from './json-fault.ts'
export { ParamFields } from './ParamFields.tsx'
export { type ReadParams, readParam, readParams } from './param-check.ts'
export { type FieldValues, type Params, withoutSecrets } from './param-values.ts'
export { MAX_FILES, type Picked, type PickedFile, pickedByDrop, pickedByInput } from './picked-files.ts'
export { type Progress, uploadFiles } from './upload.ts'
