import { z } from 'zod'
import { Time } from './common.ts'
import { Permission } from './permissions.ts'
import { route } from './route.ts'

/** A random text of at least 128 bits, as it travels in addresses. */
export const Ticket = z.string().regex(/^[A-Za-z0-9_-]{22,64}$/, 'a ticket as it was handed out')

export const authRoutes = {
  createLink: route({
    id: 'auth.createLink',
    method: 'POST',
    path: '/api/v1/auth/links',
    permission: 'MASTER',
    change: true,
    summary: 'Make a link that signs in to the console once, within ten minutes',
    response: z.object({
      url: z.string().describe('Address of the console with the ticket in its fragment'),
      ticket: Ticket,
      expiresAt: Time,
    }),
    status: 201,
  }),
  signIn: route({
    id: 'auth.signIn',
    method: 'POST',
    path: '/api/v1/auth/sessions',
    permission: 'PUBLIC',
    change: true,
    summary: 'Exchange the ticket of a sign-in link for a token; a ticket works once',
    body: z.strictObject({ ticket: Ticket }),
    response: z.object({ token: z.string(), expiresAt: Time }),
    status: 201,
    problems: ['ticket_refused', 'too_many_requests'],
  }),
  signOut: route({
    id: 'auth.signOut',
    method: 'DELETE',
    path: '/api/v1/auth/sessions/current',
    permission: 'SIGNED_IN',
    change: true,
    summary: 'End the session of the token that this call carries',
    response: 'none',
  }),
  me: route({
    id: 'auth.me',
    method: 'GET',
    path: '/api/v1/auth/me',
    permission: 'SIGNED_IN',
    change: false,
    summary: 'Who calls, and what they may do',
    response: z.object({ name: z.string(), permissions: z.array(Permission) }),
  }),
} as const
