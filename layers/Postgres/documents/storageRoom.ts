/** Who takes room in the storage in a user's name waits for the others who do: two must not both take the last of it. */
import type { SqlClient } from "effect/sql"
import type { UserId } from "../../../src/domain/Ids.ts"

/** The name of the advisory lock, until the transaction's end. */
export const roomOf = (user: UserId): string => `room of ${user}`

export const lockRoom = (sql: SqlClient.SqlClient, user: UserId) =>
  sql`SELECT pg_advisory_xact_lock(hashtextextended(${roomOf(user)}, 0))`
