/**
 * Preloaded by the scripts of package.json: reads `.env.local` if there is one. Node's own `--env-file-if-exists` reports a
 * missing file on stderr. Threads skip it, because some of them must not see the environment.
 */
import { existsSync } from "node:fs"
import { loadEnvFile } from "node:process"
import { isMainThread } from "node:worker_threads"

if (isMainThread && existsSync(".env.local")) loadEnvFile(".env.local")
