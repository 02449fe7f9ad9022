/**
 * Recognises a pooler that gives each transaction another server connection: it loses LISTEN, prepared statements and the role,
 * without which no row is seen. A pooler in session mode is fine.
 */
import { PgConnection } from "@effect/sql-pg"
import { Effect, Schema } from "effect"

class TransactionPooler extends Schema.TaggedError<TransactionPooler>()("TransactionPooler", {}) {}

/** `config`: of connections without settings, which would otherwise stay on a server connection that others use. */
export const refuseTransactionPooler = Effect.fnUntraced(function*(config: PgConnection.Config) {
  const first = yield* PgConnection.make(config)
  const before = yield* backendOf(first)
  // The server itself: a pooler makes up the process id that it announces.
  if (before === first.processId) return
  const second = yield* PgConnection.make(config)
  // Either the second connection gets the server connection that the first has just released, or it keeps the first from
  // getting it back.
  yield* second.query("BEGIN", [], false)
  if (before === (yield* backendOf(second))) return yield* new TransactionPooler()
  const after = [yield* backendOf(first), yield* backendOf(first)]
  if (after.some((each) => each !== before)) return yield* new TransactionPooler()
}, Effect.scoped)

const backendOf = (connection: PgConnection.PgConnection) =>
  Effect.map(
    connection.queryValues("SELECT pg_backend_pid()", [], false),
    ([row]) => Number(row?.[0])
  )
