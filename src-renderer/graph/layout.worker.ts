/*
 * The layout library's own worker: it registers itself for messages when it is loaded. As a worker of ours it is bundled
 * with the screens, and nothing of it runs on the main thread.
 */
import 'elkjs/lib/elk-worker.min.js'
