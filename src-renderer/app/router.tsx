import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router'
import { z } from 'zod'
import { Loading } from '../ui/Notes.tsx'
import { CrashedScreen, MissingScreen } from './CrashedScreen.tsx'
import { Frame } from './Frame.tsx'

/** Every address of the screens. Each area brings its own screens; they are loaded when they are first gone to. */

const root = createRootRoute({
  component: Frame,
  errorComponent: CrashedScreen,
  notFoundComponent: MissingScreen,
})

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(() => import('../home/HomeScreen.tsx'), 'HomeScreen'),
})

const workflows = createRoute({
  getParentRoute: () => root,
  path: '/workflows',
  validateSearch: z.object({ search: z.string().optional().catch(undefined) }),
  component: lazyRouteComponent(() => import('../workflows/WorkflowsScreen.tsx'), 'WorkflowsScreen'),
})

/** A workflow of code; the builder on a drawn one, or on the draft that changes it. */
const workflow = createRoute({
  getParentRoute: () => root,
  path: '/workflows/$workflow',
  validateSearch: z.object({
    step: z.string().optional().catch(undefined),
    version: z.number().int().optional().catch(undefined),
  }),
  component: lazyRouteComponent(() => import('../workflows/WorkflowScreen.tsx'), 'WorkflowScreen'),
})

/** Modules of code and their targets. */
const targets = createRoute({
  getParentRoute: () => root,
  path: '/targets',
  validateSearch: z.object({
    search: z.string().optional().catch(undefined),
    target: z.string().optional().catch(undefined),
  }),
  component: lazyRouteComponent(() => import('../targets/TargetsScreen.tsx'), 'TargetsScreen'),
})

/** The builder on a draft of a new workflow. */
const draft = createRoute({
  getParentRoute: () => root,
  path: '/drafts/$draft',
  component: lazyRouteComponent(() => import('../builder/BuilderScreen.tsx'), 'DraftBuilderScreen'),
})

const runs = createRoute({
  getParentRoute: () => root,
  path: '/runs',
  validateSearch: z.object({
    status: z.string().optional().catch(undefined),
    workflow: z.string().optional().catch(undefined),
    trigger: z.string().optional().catch(undefined),
    search: z.string().optional().catch(undefined),
    since: z.string().optional().catch(undefined),
  }),
  component: lazyRouteComponent(() => import('../runs/RunsScreen.tsx'), 'RunsScreen'),
})

const run = createRoute({
  getParentRoute: () => root,
  path: '/runs/$run',
  validateSearch: z.object({
    tab: z.enum(['graph', 'timeline', 'steps', 'assets', 'logs', 'compare']).optional().catch(undefined),
    step: z.string().optional().catch(undefined),
    with: z.string().optional().catch(undefined),
    file: z.string().optional().catch(undefined),
  }),
  component: lazyRouteComponent(() => import('../runs/RunScreen.tsx'), 'RunScreen'),
})

const projects = createRoute({
  getParentRoute: () => root,
  path: '/projects',
  component: lazyRouteComponent(() => import('../projects/ProjectsScreen.tsx'), 'ProjectsScreen'),
})

const workspaces = createRoute({
  getParentRoute: () => root,
  path: '/workspaces',
  component: lazyRouteComponent(() => import('../workspaces/WorkspacesScreen.tsx'), 'WorkspacesScreen'),
})

/** Workers, pools, and what waits for them. */
const workers = createRoute({
  getParentRoute: () => root,
  path: '/workers',
  validateSearch: z.object({ show: z.enum(['workers', 'queue']).optional().catch(undefined) }),
  component: lazyRouteComponent(() => import('../workers/WorkersScreen.tsx'), 'WorkersScreen'),
})

const doctor = createRoute({
  getParentRoute: () => root,
  path: '/doctor',
  component: lazyRouteComponent(() => import('../doctor/DoctorScreen.tsx'), 'DoctorScreen'),
})

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: lazyRouteComponent(() => import('../settings/SettingsScreen.tsx'), 'SettingsScreen'),
})

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    workflows,
    workflow,
    targets,
    draft,
    runs,
    run,
    projects,
    workspaces,
    workers,
    doctor,
    settings,
  ]),
  history: createHashHistory(),
  defaultPendingComponent: () => <Loading what="Opening…" />,
  defaultErrorComponent: CrashedScreen,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
