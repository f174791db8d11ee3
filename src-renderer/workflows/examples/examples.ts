/** A workflow that comes with Weir. */
export interface Example {
  /** Name of the workflow and of its folder */
  readonly name: string
  readonly title: string
  /** What somebody learns from it, in a line */
  readonly teaches: string
  /** What has to be on the machine beside Weir */
  readonly needs: string
  /** The parameter that takes the sample's data, if it has one */
  readonly dataParam: string | null
}

export const EXAMPLES: readonly Example[] = [
  {
    name: 'seattle-weather',
    title: 'Four years of weather',
    teaches:
      'A file goes in, each year is counted on its own, what did not change comes from the cache, a report comes out.',
    needs: 'Node on this machine',
    dataParam: 'csv',
  },
  {
    name: 'flaky-approval',
    title: 'Retry, then ask a person',
    teaches:
      'A step that fails twice and is tried again, a form that a person fills in, and a step that uses the answers.',
    needs: 'A shell, which every Linux and Mac has',
    dataParam: null,
  },
  {
    name: 'seattle-weather-container',
    title: 'The weather, in containers',
    teaches:
      'The same numbers from containers: an image for each step, limits of processors and memory, files between them.',
    needs: 'Docker',
    dataParam: 'csv',
  },
]

/** The sample of the first minutes. */
export const SAMPLE = EXAMPLES[0] as Example

export const isExample = (workflow: string): boolean => EXAMPLES.some(({ name }) => name === workflow)

/** Texts of the examples' files; each is fetched when its example is opened. */
const texts = import.meta.glob<string>('../../../resources/examples/*/*.{yaml,mjs,sh,awk}', {
  query: '?raw',
  import: 'default',
})

const DATA_NAME = 'seattle-weather.csv'

/** The definition of an example, and what is in its folder. */
export async function filesOf({ name }: Example): Promise<readonly { readonly path: string; readonly file: File }[]> {
  const folder = `/resources/examples/${name}/`
  const loaded = Object.entries(texts).flatMap(([key, load]) => {
    const at = key.indexOf(folder)
    return at < 0 ? [] : [{ path: key.slice(at + folder.length), load }]
  })
  return Promise.all(loaded.map(async ({ path, load }) => ({ path, file: new File([await load()], path) })))
}

/** The data of the samples: daily weather of Seattle, 2012 to 2015, from NOAA. */
export async function sampleData(): Promise<{ readonly path: string; readonly file: File }> {
  const { default: text } = await import('../../../node_modules/vega-datasets/data/seattle-weather.csv?raw')
  return { path: DATA_NAME, file: new File([text], DATA_NAME) }
}
