#!/usr/bin/env node
import { command } from '../dist/cli.js'

/** @type {number} */
const code = await command(process.argv.slice(2))
// Connections that are being closed must not keep the command from ending.
process.exit(code)
