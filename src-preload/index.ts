import { contextBridge, ipcRenderer } from 'electron'
import type { WeirBridge } from '../src-shared/desktop/bridge.ts'
import {
  type News,
  news,
  type Question,
  questions,
  type Reply,
  VERSION_ARGUMENT,
} from '../src-shared/desktop/channels.ts'
import { connectSocket } from './socket.ts'

/** The bridge of the desktop: all that the screens can reach outside of their page, see src-shared/desktop/bridge.ts. */

async function ask<T>(question: Question, ...args: readonly unknown[]): Promise<T> {
  const reply = (await ipcRenderer.invoke(questions[question], ...args)) as Reply
  if (!reply.ok) throw new Error(reply.message)
  return reply.value as T
}

function listen<T>(name: News, listener: (value: T) => void): () => void {
  const heard = (_event: unknown, value: T): void => listener(value)
  ipcRenderer.on(news[name], heard)
  return () => void ipcRenderer.removeListener(news[name], heard)
}

/** Calls that nobody waits for. */
// biome-ignore lint/suspicious/noConsole: the console of its page is the log of a preload script
const unheard = (error: unknown): void => console.error(error)

const version = process.argv.find((argument) => argument.startsWith(VERSION_ARGUMENT))?.slice(VERSION_ARGUMENT.length)

const bridge: WeirBridge = {
  app: {
    version: version ?? '',
    platform: process.platform as WeirBridge['app']['platform'],
    onOpen(listener) {
      const off = listen('open', listener)
      ask('listenOpen').catch(unheard)
      return off
    },
    newWindow: (path) => void ask('newWindow', path).catch(unheard),
    quit: () => void ask('quit').catch(unheard),
  },
  engine: {
    state: () => ask('engineState'),
    onState: (listener) => listen('engineState', listener),
    restart: () => ask('engineRestart'),
    showLogs: () => ask('engineShowLogs'),
    connect: connectSocket,
  },
  documents: {
    open: () => ask('documentOpen'),
    save: (path, text, digest) => ask('documentSave', path, text, digest),
    saveAs: (name, text) => ask('documentSaveAs', name, text),
    onChange: (listener) => listen('documentChanged', listener),
  },
  preferences: {
    get: () => ask('preferencesGet'),
    set: (changes) => ask('preferencesSet', changes),
    onChange: (listener) => listen('preferences', listener),
  },
}

contextBridge.exposeInMainWorld('weir', bridge)
