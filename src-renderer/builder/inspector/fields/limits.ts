/** Choices that are drawn at once; searching finds the others. A workflow may have thousands of steps and files. */
export const MAX_LISTED = 100
