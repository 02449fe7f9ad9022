/** A migrated database for processes, on the server that `DATABASE_URL` names. */
import { Config, Effect, Option, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { DatabasePostgres } from "../../../layers/Postgres/connection/Postgres.ts"
import { postgresTemplate } from "./PostgresCopy.ts"

/** Its address; it is dropped with the scope. Undefined without a server. */
export const serverDatabase = Effect.gen(function*() {
  const server = Option.getOrUndefined(yield* Config.option(Config.Redacted("DATABASE_URL")))
  if (server === undefined) return undefined
  const template = yield* postgresTemplate(server)
  const name = `accessa_stack_${randomUUID().replaceAll("-", "")}`
  const onServer = (statement: string) =>
    Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe(statement)).pipe(
      Effect.provide(DatabasePostgres({ url: server, maxConnections: 1, applicationName: "accessa test", as: "login" }))
    )
  yield* Effect.acquireRelease(
    onServer(`CREATE DATABASE ${name} TEMPLATE ${template}`),
    () => Effect.orDie(onServer(`DROP DATABASE ${name} WITH (FORCE)`))
  )
  const url = new URL(Redacted.value(server))
  url.pathname = `/${name}`
  return url.href
})
