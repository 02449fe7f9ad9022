/**
 * Preloaded by the scripts of package.json. JavaScript, because Node loads a compiler for the first file of TypeScript that its cache
 * does not know: 20 MB, and two thirds of a program's start. `.env.local` is read here because Node's `--env-file-if-exists` reports a
 * missing file on stderr.
 */
import { existsSync } from "node:fs"
import { enableCompileCache } from "node:module"
import { dirname } from "node:path"
import { env, loadEnvFile } from "node:process"
import { isMainThread } from "node:worker_threads"

// Threads skip both, because some of them must not see the environment.
if (isMainThread) {
  const { directory } = enableCompileCache()
  // For threads and processes that inherit the environment. Node appends a folder for its own version.
  if (directory !== undefined) env.NODE_COMPILE_CACHE ??= dirname(directory)
  if (existsSync(".env.local")) loadEnvFile(".env.local")
}
