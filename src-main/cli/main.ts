import {z} from 'zod'; import('dockerode').then(d=>console.log(d, z.string())); import fastify from 'fastify'; console.log(fastify)
