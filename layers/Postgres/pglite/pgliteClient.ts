/** The client for PGlite behind either transport. One session serves all connections, so a new one waits for an open transaction. */
import { PgClient, PgTypes } from "@effect/sql-pg"
import type { Duplex } from "node:stream"

export const pgliteClient = (transport: { readonly path: string } | { readonly stream: () => Duplex }) =>
  PgClient.make({
    ...transport,
    username: "postgres",
    database: "postgres",
    connectTimeout: "20 seconds",
    types: PgTypes.makeRegistry()
  })
