/** PGlite in the caller's thread: starts in half the time but blocks the event loop, which is fine for tests. */
import { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import { openPglite, type PglitePlace } from "./openPglite.ts"
import { pgliteClient } from "./pgliteClient.ts"
import { makePgliteServer } from "./pgliteWire.ts"

/** `memory://` keeps nothing. A directory is not locked: no other process may have it open. */
export const DatabasePgliteInProcess = (options: { readonly dataDir: PglitePlace }) =>
  PgClient.layerFrom(
    Effect.acquireRelease(
      Effect.promise(async () => makePgliteServer(await openPglite(options.dataDir))),
      (server) => Effect.promise(server.close)
    ).pipe(Effect.flatMap((server) => pgliteClient({ stream: server.connect })))
  )
