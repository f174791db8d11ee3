import { StepLink } from '../../../assets/Encoded.tsx'

/** An execution by its identifier `run:step:attempt`, as a link to its step. */
export function ExecutionLink({ id }: { readonly id: string }) {
  const [run = '', step = '', attempt] = id.split(':')
  return (
    <>
      <StepLink run={run} step={step} />
      {attempt !== undefined && ` of ${run}, attempt ${attempt}`}
    </>
  )
}
