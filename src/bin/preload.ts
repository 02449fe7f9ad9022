/**
 * Preloaded by the scripts of package.json. Caching compiled code saves a third of a program's start. `.env.local` is read
 * here because Node's `--env-file-if-exists` reports a missing file on stderr. Threads skip both, because some of them must not
 * see the environment.
 */
import { existsSync } from "node:fs"
import { enableCompileCache } from "node:module"
import { loadEnvFile } from "node:process"
import { isMainThread } from "node:worker_threads"

if (isMainThread) {
  enableCompileCache()
  if (existsSync(".env.local")) loadEnvFile(".env.local")
}
