/** Where an execution is: `run:step:attempt` taken apart. A step's key holds no colon. */
export function executionPlace(execution: string): { readonly run: string; readonly step: string } {
  const [run = '', step = ''] = execution.split(':')
  return { run, step }
}
