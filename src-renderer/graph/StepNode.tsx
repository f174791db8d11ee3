import { Handle, type Node, type NodeProps, Position } from '@xyflow/react'
import { type CSSProperties, memo, useContext } from 'react'
import { Status } from '../ui/Status.tsx'
import { statusLooks } from '../ui/status.ts'
import { Elapsed } from '../ui/Time.tsx'
import { DetailContext, type NodeMark, type StepState, StepStateContext } from './contexts.ts'
import { badgeIcons, fanOutIcon as FanOutIcon, lookOf } from './looks.ts'
import classes from './StepNode.module.css'
import { hasFoot, IN, inPort, MAX_PORTS, OUT, outPort, portRows, portY } from './size.ts'
import type { GraphNode, Port } from './types.ts'

export interface StepNodeData extends Record<string, unknown> {
  readonly step: GraphNode
  readonly mark: NodeMark | null
  /** Lines can be drawn from and to it */
  readonly isEditable: boolean
}

export type StepFlowNode = Node<StepNodeData, 'step'>

/** A step as a box: what it is, its name, what it does, its ports, and what is set beside. */
export const StepNode = memo(function StepNode({ id, data, selected }: NodeProps<StepFlowNode>) {
  const detail = useContext(DetailContext)
  const useStepState = useContext(StepStateContext)
  const { step, mark, isEditable } = data
  const state = withoutLoneCall(step, useStepState(id))
  const look = lookOf(step)
  const classNames = [
    detail === 'box' ? classes.box : '',
    classes.node,
    classes[look.tone],
    selected ? classes.selected : '',
    step.forEach === null && (step.holdsCalls !== true || state?.fanOut == null) ? '' : classes.stack,
    mark === null ? '' : classes[mark.severity],
    state === null ? '' : classes.withState,
    state?.isDim === true ? classes.dim : '',
  ]
  const style = state === null ? {} : ({ '--node-state': statusLooks[state.status].color } as CSSProperties)
  if (detail !== 'full') {
    return (
      <div className={[...classNames, classes.far].join(' ')} style={style}>
        {detail === 'name' && <FarTitles step={step} state={state} />}
        {state?.fanOut != null && <FanOutBar fanOut={state.fanOut} />}
        <Anchors step={step} />
      </div>
    )
  }
  return (
    <div className={classNames.join(' ')} style={style}>
      <Head step={step} mark={mark} state={state} />
      <Ports step={step} isEditable={isEditable} />
      {hasFoot(step) && <Foot step={step} />}
      {state?.fanOut != null && <FanOutBar fanOut={state.fanOut} />}
    </div>
  )
})

/** A function that was called once is no stack of calls. */
function withoutLoneCall({ holdsCalls }: GraphNode, state: StepState | null): StepState | null {
  return holdsCalls === true && state?.fanOut?.total === 1 ? { ...state, fanOut: null } : state
}

/** Name, and where the step stands or what it is, large enough to be read from afar. */
function FarTitles({ step, state }: { readonly step: GraphNode; readonly state: StepState | null }) {
  const { icon: Icon } = lookOf(step)
  return (
    <>
      <span className={classes.farIcon}>
        {state === null ? (
          <Icon size={28} stroke={1.8} aria-hidden />
        ) : (
          <Status status={state.status} compact size={28} />
        )}
      </span>
      <span className={classes.farTitles}>
        <span className={classes.farName}>{step.name}</span>
        {state !== null && <FarState state={state} />}
      </span>
    </>
  )
}

/** How long it took, or how far its fan-out is. */
function FarState({ state: { durationMs, from, fanOut } }: { readonly state: StepState }) {
  if (fanOut === null && durationMs === null && from === null) return null
  return (
    <span className={classes.farState}>
      {fanOut !== null ? (
        <span className="tabular">
          {fanOut.done}/{fanOut.total}
        </span>
      ) : (
        <Elapsed ms={durationMs} from={from} />
      )}
    </span>
  )
}

/** How many items of a fan-out have ended, along the foot of its node. */
function FanOutBar({ fanOut: { total, done, failed } }: { readonly fanOut: NonNullable<StepState['fanOut']> }) {
  const part = (count: number): string => `${total === 0 ? 0 : (count / total) * 100}%`
  return (
    <span className={classes.items} aria-hidden>
      <span className={classes.itemsFailed} style={{ width: part(failed) }} />
      <span className={classes.itemsDone} style={{ width: part(done - failed) }} />
    </span>
  )
}

interface HeadProps {
  readonly step: GraphNode
  readonly mark: NodeMark | null
  readonly state: StepState | null
}

function Head({ step, mark, state }: HeadProps) {
  const { icon: Icon, word } = lookOf(step)
  return (
    <div className={classes.head}>
      <span className={classes.icon} title={step.image === null ? word : `${word}: ${step.image}`}>
        <Icon size={16} stroke={1.6} aria-hidden />
      </span>
      <span className={classes.titles}>
        <span className={classes.name} title={step.name}>
          {step.name}
        </span>
        {state === null ? (
          <span className={classes.summary} title={step.summary}>
            {step.summary}
          </span>
        ) : (
          <StateLine state={state} />
        )}
      </span>
      {mark !== null && <Mark mark={mark} />}
    </div>
  )
}

function Mark({ mark }: { readonly mark: NodeMark }) {
  return (
    <span className={classes.mark} title={mark.text} role="img" aria-label={mark.text}>
      !
    </span>
  )
}

const MANY_ITEMS = 1000

/** Where the step stands in a run: in place of what it does. */
function StateLine({ state }: { readonly state: StepState }) {
  const { status, durationMs, from, attempts, fanOut } = state
  // Both have no room where there are many.
  const isTimed = (durationMs !== null || from !== null) && (fanOut === null || fanOut.total < MANY_ITEMS)
  return (
    <span className={classes.state}>
      <Status status={status} size={13} compact={fanOut !== null} />
      {isTimed && <Elapsed ms={durationMs} from={from} />}
      {fanOut !== null && (
        <span className="tabular">
          {fanOut.done.toLocaleString('en')}/{fanOut.total.toLocaleString('en')}
        </span>
      )}
      {fanOut === null && attempts > 1 && <span className="tabular">×{attempts}</span>}
    </span>
  )
}

function Ports({ step, isEditable }: { readonly step: GraphNode; readonly isEditable: boolean }) {
  const inputs = step.inputs.slice(0, MAX_PORTS)
  const outputs = step.outputs.slice(0, MAX_PORTS)
  const rest = Math.max(step.inputs.length, step.outputs.length) - MAX_PORTS
  const isParams = step.kind === 'params'
  return (
    <>
      {/* Ports that are only counted have places for their lines, too. */}
      <Anchors step={step} from={isEditable ? MAX_PORTS : 0} hasBody={!isEditable || isParams} />
      {isEditable && !isParams && <BodyHandles />}
      {portRows(step) > 0 && (
        <div className={classes.ports}>
          <div className={classes.side}>
            {inputs.map((port) => (
              <PortRow key={port.name} port={port} side="in" />
            ))}
          </div>
          <div className={`${classes.side} ${classes.right}`}>
            {outputs.map((port) => (
              <PortRow key={port.name} port={port} side="out" />
            ))}
          </div>
          {rest > 0 && <span className={classes.more}>and {rest} more</span>}
        </div>
      )}
      {inputs.map((port) => (
        <PortDot key={port.name} port={port} side="in" y={portY(step.inputs, port.name)} isEditable={isEditable} />
      ))}
      {outputs.map((port) => (
        <PortDot key={port.name} port={port} side="out" y={portY(step.outputs, port.name)} isEditable={isEditable} />
      ))}
    </>
  )
}

function PortRow({ port, side }: { readonly port: Port; readonly side: 'in' | 'out' }) {
  const title = port.value === null ? `${port.name}: ${port.type}` : `${port.name} = ${port.value}`
  return (
    <span className={`${classes.port} ${port.isSet ? '' : classes.open}`} title={title}>
      {side === 'in' ? (
        <>
          {port.name}
          {port.value !== null && <span className={classes.value}> {port.value}</span>}
        </>
      ) : (
        <>
          <span className={classes.type}>{port.type} </span>
          {port.name}
        </>
      )}
    </span>
  )
}

interface PortDotProps {
  readonly port: Port
  readonly side: 'in' | 'out'
  readonly y: number
  readonly isEditable: boolean
}

function PortDot({ port, side, y, isEditable }: PortDotProps) {
  const className = `${classes.dot} ${classes[`type-${port.type}`] ?? ''} ${port.isSet ? '' : classes.openDot}`
  if (!isEditable)
    return <span className={`${className} ${side === 'in' ? classes.dotLeft : classes.dotRight}`} style={{ top: y }} />
  return (
    <Handle
      id={side === 'in' ? inPort(port.name) : outPort(port.name)}
      type={side === 'in' ? 'target' : 'source'}
      position={side === 'in' ? Position.Left : Position.Right}
      className={className}
      style={{ top: y }}
      title={
        side === 'in'
          ? `Input ${port.name}: a line that ends here brings its value`
          : `Output ${port.name} (${port.type}): a line from here hands it to another step`
      }
    />
  )
}

interface AnchorsProps {
  readonly step: GraphNode
  /** Ports before this one have handles */
  readonly from?: number
  /** The step as a whole has no handles: that of the parameters never has, and a line for one that is not there leads to it */
  readonly hasBody?: boolean
}

/**
 * Where lines meet a node that has no handles to draw lines from: the flow library measures these places in the page, by
 * class and data, whatever it was told before.
 */
function Anchors({ step, from = 0, hasBody = true }: AnchorsProps) {
  return (
    <>
      {hasBody && <Anchor id={IN} side="in" y={portY([], null)} />}
      {hasBody && <Anchor id={OUT} side="out" y={portY([], null)} />}
      {step.inputs.slice(from).map(({ name }) => (
        <Anchor key={`in ${name}`} id={inPort(name)} side="in" y={portY(step.inputs, name)} />
      ))}
      {step.outputs.slice(from).map(({ name }) => (
        <Anchor key={`out ${name}`} id={outPort(name)} side="out" y={portY(step.outputs, name)} />
      ))}
    </>
  )
}

function Anchor({ id, side, y }: { readonly id: string; readonly side: 'in' | 'out'; readonly y: number }) {
  const isIn = side === 'in'
  return (
    <i
      className={`${isIn ? 'target' : 'source'} ${isIn ? classes.anchorLeft : classes.anchorRight}`}
      data-handleid={id}
      data-handlepos={isIn ? 'left' : 'right'}
      style={{ top: y }}
    />
  )
}

function BodyHandles() {
  const y = portY([], null)
  return (
    <>
      <Handle
        id={IN}
        type="target"
        position={Position.Left}
        className={classes.body}
        style={{ top: y }}
        title="Order: a line that ends here makes this step run after another"
      />
      <Handle
        id={OUT}
        type="source"
        position={Position.Right}
        className={classes.body}
        style={{ top: y }}
        title="Order: a line from here makes another step run after this one"
      />
    </>
  )
}

function Foot({ step }: { readonly step: GraphNode }) {
  const { forEach } = step
  const parallel = forEach?.maxParallel == null ? '' : `, ${forEach.maxParallel} at once`
  return (
    <div className={classes.foot}>
      {forEach !== null && (
        <span className={classes.badge} title={`Once for each of ${forEach.items}${parallel}`}>
          <FanOutIcon size={12} aria-hidden />
          <span className="truncate">each</span>
        </span>
      )}
      {step.badges.map((badge) => {
        const Icon = badgeIcons[badge.kind]
        return (
          <span key={badge.kind} className={classes.badge} title={badge.title}>
            <Icon size={12} aria-hidden />
            <span className="truncate">{badge.text}</span>
          </span>
        )
      })}
    </div>
  )
}
