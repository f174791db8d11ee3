import { ActionIcon, Tooltip } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { assetRoutes, isAsset, type Json } from '../../src-shared/contract/index.ts'
import { briefValue } from '../../src-shared/values/index.ts'
import { client, PROJECT } from '../api/index.ts'
import { saveAs } from '../ui/save.ts'
import { sayFailed } from '../ui/say.ts'
import { AssetChip } from './AssetChip.tsx'
import { blobOf, stepOf } from './encoded.ts'
import classes from './Json.module.css'

/** One value that plain JSON cannot say: a date, bytes, files, a reference to a step, as people read it. */
export function Encoded({ value }: { readonly value: Json }) {
  if (isAsset(value)) return <AssetChip asset={value} />
  const step = stepOf(value)
  if (step !== null) return <StepLink {...step} />
  const blob = blobOf(value)
  return (
    <>
      <span className={classes.literal}>{briefValue(value)}</span>
      {blob !== null && <SaveBlob {...blob} />}
    </>
  )
}

/** Leads to the step whose result is meant; beside it stays what is shown of the run. */
export function StepLink({ run, step }: { readonly run: string; readonly step: string }) {
  return (
    <Link
      to="/runs/$run"
      params={{ run }}
      search={(before) => ({ ...before, step })}
      className={classes.step}
      onClick={(event) => event.stopPropagation()}
    >
      {step}
    </Link>
  )
}

function SaveBlob({ digest, what }: { readonly digest: string; readonly what: string }) {
  const save = async (): Promise<void> => {
    const { body } = await client().bytes(assetRoutes.getBlob, { params: { project: PROJECT, digest } })
    const parts: BlobPart[] = []
    for await (const part of body) parts.push(new Uint8Array(part))
    saveAs(`${what}-${digest.slice(0, 8)}`, new Blob(parts))
  }
  return (
    <Tooltip label="Save its body">
      <ActionIcon
        size={22}
        aria-label="Save its body"
        tabIndex={-1}
        onClick={(event) => {
          event.stopPropagation()
          save().catch((error: unknown) => sayFailed('It could not be saved', error))
        }}
      >
        <IconDownload size={14} />
      </ActionIcon>
    </Tooltip>
  )
}
