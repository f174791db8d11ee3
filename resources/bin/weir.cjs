#!/usr/bin/env node
// Starts the built command line. Kept free of syntax that an old Node cannot read, so that it can say so.
'use strict'

var path = require('path')
var fs = require('fs')

var MIN_NODE = [20, 18]
var version = process.versions.node.split('.').map(Number)
if (version[0] < MIN_NODE[0] || (version[0] === MIN_NODE[0] && version[1] < MIN_NODE[1])) {
  console.error('error: Weir needs Node ' + MIN_NODE.join('.') + ' or newer; this is ' + process.version + '.')
  process.exit(1)
}

var root = path.join(__dirname, '..', '..')
var main = path.join(root, 'out', 'main', 'cli.cjs')
if (!fs.existsSync(main)) {
  console.error('error: Weir is not built here. Run this once in ' + root + ':')
  console.error('  npm run build')
  process.exit(1)
}
require(main)
