import { Button, Textarea } from '@mantine/core'
import { IconCheck, IconX } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { z } from 'zod'
import { Param, type RunStep, runRoutes } from '../../../../src-shared/contract/index.ts'
import { PROJECT, sentence, useChange } from '../../../api/index.ts'
import { ParamFields, type Params, problemsOfAnswer, readParams } from '../../../ui/fields/index.ts'
import { Failed } from '../../../ui/Notes.tsx'
import { say } from '../../../ui/say.ts'
import classes from './approval.module.css'
import { forgetAnswer, type KeptAnswer, keepAnswer, keptAnswer } from './kept-answers.ts'

interface ApprovalFormProps {
  readonly run: string
  readonly step: string
  readonly approval: NonNullable<RunStep['approval']>
  /** False where the question stands above already */
  readonly hasMessage?: boolean
  /** Code asks for a value: there is nothing to approve */
  readonly isInput?: boolean
  /** The answer was taken, or refused */
  readonly onSettled: () => void
}

const Form = z.record(z.string(), Param)

/** What a step asks of a person. */
export function ApprovalForm({
  run,
  step,
  approval,
  onSettled,
  hasMessage = true,
  isInput = false,
}: ApprovalFormProps) {
  const form = Form.safeParse(approval.form)
  const fields = form.success ? form.data : {}
  const { values, comment, change, answer, send, isTried } = useAnswer(run, step, fields, onSettled)
  const [isBusy, setBusy] = useState(false)
  const said = problemsOfAnswer(send.error)
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault()
    answer(true)
  }
  return (
    <form className={classes.form} onSubmit={onSubmit} noValidate aria-label={`Answer of ${step}`}>
      {hasMessage && <p className={classes.message}>{sentence(approval.message)}</p>}
      <ParamFields
        params={fields}
        values={values}
        onChange={(next) => change({ values: next, comment })}
        problems={said}
        isTried={isTried}
        onBusy={setBusy}
      />
      <Textarea
        label="Comment, kept with the answer"
        value={comment}
        onChange={(event) => change({ values, comment: event.currentTarget.value })}
        autosize
        minRows={1}
        maxRows={6}
        maxLength={4000}
      />
      {send.isError && Object.keys(said).length === 0 && <Failed error={send.error} what="The answer was not taken" />}
      <div className={classes.actions}>
        <Button
          variant="default"
          leftSection={<IconX size={16} stroke={1.5} />}
          disabled={send.isPending}
          onClick={() => answer(false)}
        >
          {isInput ? 'Refuse' : 'Reject'}
        </Button>
        <Button
          type="submit"
          leftSection={<IconCheck size={16} stroke={1.5} />}
          loading={send.isPending}
          disabled={isBusy}
        >
          {isInput ? 'Send the answer' : 'Approve'}
        </Button>
      </div>
    </form>
  )
}

/** What stands in the form, and sending it. What was typed is kept until the answer was taken. */
function useAnswer(id: string, step: string, fields: Params, onSettled: () => void) {
  const [{ values, comment }, setAnswer] = useState(() => keptAnswer(id, step))
  const [isTried, setTried] = useState(false)
  const send = useChange(runRoutes.approve, [runRoutes.list, runRoutes.questions])
  const change = (answer: KeptAnswer): void => {
    setAnswer(answer)
    keepAnswer(id, step, answer)
    if (send.isError) send.reset()
  }
  const answer = (approved: boolean): void => {
    const read = readParams(fields, values)
    if (approved && Object.keys(read.problems).length > 0) {
      setTried(true)
      return
    }
    const body = {
      approved,
      answers: approved ? read.params : {},
      ...(comment.trim() === '' ? {} : { comment: comment.trim() }),
    }
    const onSuccess = (): void => {
      forgetAnswer(id, step)
      say(approved ? `Approved ${step}.` : `Rejected ${step}.`)
    }
    send.mutate({ params: { project: PROJECT, run: id, step }, body }, { onSuccess, onSettled })
  }
  return { values, comment, change, answer, send, isTried }
}
