import { describe, expect, test } from 'vitest'
import { parseLaunch, userFolder } from './launch.ts'

const context = (args: string[], env: Record<string, string> = {}) => ({
  args,
  cwd: '/work/here',
  env,
  platform: 'linux' as const,
  home: '/home/ana',
})

describe('the command line of the desktop', () => {
  test('means the folder of the command line when nothing is said', () => {
    expect(parseLaunch(context([]))).toEqual({
      data: '/home/ana/.local/share/weir',
      isDefaultData: true,
      isHidden: false,
      targets: [],
    })
  })

  test('--data outweighs WEIR_DATA and is seen from where it was typed', () => {
    const env = { WEIR_DATA: '/other' }
    expect(parseLaunch(context(['--data', 'lab'], env))).toMatchObject({ data: '/work/here/lab', isDefaultData: false })
    expect(parseLaunch(context(['--data=/x'], env))).toMatchObject({ data: '/x' })
    expect(parseLaunch(context([], env))).toMatchObject({ data: '/other', isDefaultData: false })
  })

  test('files become absolute, links stay, flags of Chromium are passed over', () => {
    const launch = parseLaunch(
      context(['--no-sandbox', 'a.weir.yaml', 'weir://runs/k3m9abcd', '--hidden', '/b/weir.yaml']),
    )
    expect(launch).toMatchObject({
      targets: ['/work/here/a.weir.yaml', 'weir://runs/k3m9abcd', '/b/weir.yaml'],
      isHidden: true,
    })
  })

  test('file managers hand over addresses of files', () => {
    expect(parseLaunch(context(['file:///b/My%20lab/weir.yaml', 'file://host/x'])).targets).toEqual([
      '/b/My lab/weir.yaml',
      'file://host/x',
    ])
  })

  test('another data folder has a desktop of its own, always the same', () => {
    const usual = parseLaunch(context([]))
    const lab = parseLaunch(context(['--data', 'lab']))
    expect(userFolder('/u', usual)).toBe('/u')
    expect(userFolder('/u', lab)).toMatch(/^\/u\/folders\/[0-9a-f]{16}$/)
    expect(userFolder('/u', lab)).toBe(userFolder('/u', parseLaunch(context(['--data=/work/here/lab']))))
  })
})
