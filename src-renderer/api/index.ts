export { bridge } from './bridge.ts'
export { client, forgetToken, sessionToken, signOut } from './client.ts'
export { type Connection, checkSoon, useConnection, watchConnection } from './connection.ts'
export { follow, useLive, useLiveRefresh } from './live.ts'
export { type Complaint, complaintOf, Refusal, sentence } from './problem.ts'
export { DEFAULT_PROJECT, named, PROJECT, switchProject } from './project.ts'
export { call, keyOf, queryClient, useAsk, useChange } from './queries.ts'
export {
  chooseWorkspace,
  MAIN_WORKSPACE,
  useChosenWorkspace,
  useWorkspaceChoice,
  workspaceToStartIn,
} from './workspace.ts'
