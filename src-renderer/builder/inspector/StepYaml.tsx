import { UnstyledButton } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import { CopyButton } from '../../ui/Copy.tsx'
import { CodeEditor } from '../../ui/code/CodeEditor.tsx'
import { usePersisted } from '../../ui/persisted.ts'
import { useDocument } from '../document-context.tsx'
import classes from './inspector.module.css'

/** The lines of a step as they stand in the text. */
export function StepYaml({ step }: { readonly step: string }) {
  const [isOpen, setOpen] = usePersisted('builder.stepYaml', false)
  const text = useDocument(({ parsed }) => {
    const place = isOpen ? parsed.steps.find((one) => one.name === step) : undefined
    return place === undefined ? null : linesOf(parsed.source, place.from, place.to)
  })
  return (
    <section className={classes.section} aria-label="YAML of this step">
      <header className={classes.sectionHead}>
        <UnstyledButton className={classes.disclose} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <IconChevronRight size={14} aria-hidden data-open={isOpen || undefined} />
          <h2>YAML of this step</h2>
        </UnstyledButton>
        {isOpen && text !== null && <CopyButton value={text} label="Copy the YAML of this step" />}
      </header>
      {isOpen &&
        (text === null ? (
          <p className={classes.source}>The step has no lines of its own in the text.</p>
        ) : (
          <CodeEditor
            className={classes.snippet ?? ''}
            label={`YAML of ${step}`}
            language="yaml"
            value={text}
            isReadOnly
            isField
          />
        ))}
    </section>
  )
}

/** The lines of a key and what is below it, moved to the left margin. */
function linesOf(source: string, from: number, to: number): string {
  const line = source.lastIndexOf('\n', from - 1) + 1
  const indent = source.slice(line, from)
  if (indent.trim() !== '') return source.slice(from, to)
  return source
    .slice(from, to)
    .split('\n')
    .map((one) => (one.startsWith(indent) ? one.slice(indent.length) : one))
    .join('\n')
}
