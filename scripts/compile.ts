/**
 * Loads the modules of all programs and threads, without starting one, so that Node writes their compiled code to NODE_COMPILE_CACHE.
 * What is not there yet costs a process 20 MB and a thread 13 MB: Node loads its TypeScript compiler for it.
 */
import { globSync } from "node:fs"
import { fileURLToPath } from "node:url"

const cwd = fileURLToPath(new URL("..", import.meta.url))

/** They begin their work when they are loaded. */
const exclude = [
  "src/{bin/accessa,process/runAccessa}.ts",
  "src/monitor/web/**",
  "layers/Postgres/pglite/{initialize,pgliteWorker}.ts"
]

for (const file of globSync("{src,layers,services,otel}/**/*.ts", { cwd, exclude })) {
  await import(new URL(`../${file}`, import.meta.url).href)
}
