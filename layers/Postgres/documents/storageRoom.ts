/** Serialises quota checks per user, so that two uploads cannot both use the last of it. */
import type { SqlClient } from "effect/sql"
import type { UserId } from "../../../src/domain/Ids.ts"

/** The advisory lock, held until the transaction ends. */
export const roomOf = (user: UserId): string => `room of ${user}`

export const lockRoom = (sql: SqlClient.SqlClient, user: UserId) =>
  sql`SELECT pg_advisory_xact_lock(hashtextextended(${roomOf(user)}, 0))`
