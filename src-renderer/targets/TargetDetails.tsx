import { Badge } from '@mantine/core'
import type { ReactNode } from 'react'
import type { TargetDetail, TargetParameter } from '../../src-shared/contract/index.ts'
import { defaultText, optionWords, schemaText } from '../../src-shared/targets/words.ts'
import { Copyable } from '../ui/Copy.tsx'
import { Section } from '../ui/Screen.tsx'
import { RelativeTime } from '../ui/Time.tsx'
import classes from './targets.module.css'
import { languageWord } from './use-targets.ts'

/** What a target is for, what it takes, how it behaves, and where it stands. */
export function TargetDetails({ target }: { readonly target: TargetDetail }) {
  const options = optionWords(target.options)
  return (
    <>
      {target.description !== undefined && <p className={classes.docs}>{target.description}</p>}
      <Section title="Parameters">
        <Parameters target={target} />
        {target.result !== undefined && (
          <p className={classes.returns}>
            Returns <Type text={schemaText(target.result)} />
          </p>
        )}
      </Section>
      {options.length > 0 && (
        <Section title="Options">
          <Facts rows={options.map(({ name, text }) => [name, text])} />
        </Section>
      )}
      <Section title="Source">
        <Source target={target} />
      </Section>
    </>
  )
}

function Parameters({ target }: { readonly target: TargetDetail }) {
  if (target.parameters.length === 0) return <p className="dim">It takes none.</p>
  return (
    <ul className={classes.parameters} aria-label="Parameters">
      {target.parameters.map((parameter, i) => (
        <Parameter key={parameter.name} parameter={parameter} input={target.inputs[i] ?? parameter.name} />
      ))}
    </ul>
  )
}

function Parameter({ parameter, input }: { readonly parameter: TargetParameter; readonly input: string }) {
  const usual = defaultText(parameter)
  return (
    <li className={classes.parameter}>
      <div className={classes.parameterHead}>
        <span className={`${classes.parameterName} mono`}>{parameter.name}</span>
        <Type text={schemaText(parameter.schema)} />
        {usual === null ? (
          <Badge variant="light" color="gray" size="sm">
            Needed
          </Badge>
        ) : (
          <span className="dim">default: {usual}</span>
        )}
      </div>
      {parameter.description !== undefined && <p className={classes.parameterAbout}>{parameter.description}</p>}
      {input !== parameter.name && (
        <p className={classes.parameterAbout}>
          In a definition it is called <span className="mono">{input}</span>.
        </p>
      )}
    </li>
  )
}

const Type = ({ text }: { readonly text: string }) => <span className={classes.type}>{text}</span>

type Fact = readonly [name: string, value: ReactNode]

export function Facts({ rows }: { readonly rows: readonly Fact[] }) {
  return (
    <dl className={classes.facts}>
      {rows.map(([name, value]) => (
        <div key={name} className={classes.fact}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** Characters of a digest that are shown; all are copied. */
const SHOWN_DIGEST = 12

function Source({ target }: { readonly target: TargetDetail }) {
  const { source, code, module, version, workspace, language, registeredAt } = target
  const rows: (Fact | null)[] = [
    source === undefined
      ? null
      : ['Place', <Copyable key="place" value={`${source.file}:${source.line}`} label="Copy the place" />],
    ['Module', <span key="module" className="mono">{`${module} ${version}`}</span>],
    ['Language', languageWord(language)],
    ['Workspace', workspace],
    ['Registered', <RelativeTime key="at" at={registeredAt} />],
    code === null
      ? null
      : [
          'Code',
          <Copyable key="code" value={code} shown={code.slice(0, SHOWN_DIGEST)} label="Copy the code's digest" />,
        ],
  ]
  return <Facts rows={rows.filter((row) => row !== null)} />
}
