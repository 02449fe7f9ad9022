/**
 * A database as a Supabase project has it: pgvector in `extensions`, privileges granted to the project's roles by default, an owner
 * without superuser rights, and for us a login that is a member of our two roles and nothing else.
 */
import { NodeServices } from "@effect/platform-node"
import { Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { DatabasePostgres } from "../../../layers/Postgres/connection/Postgres.ts"
import { VectorParameters } from "../../../layers/Postgres/connection/VectorParameters.ts"
import { migrate } from "../../../layers/Postgres/schema/migrate.ts"
import { grantByDefault, makeForeigners, makeRole } from "./foreigners.ts"
import { migrationsDirectory } from "./migrationsTemplate.ts"

const owner = "accessa_test_owner"
/** Of the API and the worker. */
export const testLogin = "accessa_test_app"

/** `server`: as a superuser. `through`: where the login connects, such as a pooler in front of the same server. */
export const SupabaseLike = (server: string, through: string = server) =>
  VectorParameters.layer.pipe(Layer.provideMerge(Layer.unwrap(prepare(server, through))))

const prepare = (server: string, through: string) =>
  Effect.gen(function*() {
    const name = `accessa_supabase_${randomUUID().replaceAll("-", "")}`
    const as = (user?: string, database?: string, url = server) => {
      const own = new URL(url)
      if (database !== undefined) own.pathname = `/${database}`
      if (user !== undefined) own.username = user
      return {
        url: Redacted.make(own.href),
        maxConnections: user === testLogin ? 10 : 1,
        applicationName: "accessa-test"
      }
    }
    const asLogin = (user?: string, database?: string) => DatabasePostgres({ ...as(user, database), as: "login" })
    yield* Effect.acquireRelease(
      Effect.provide(makeDatabase(name), asLogin()),
      () => Effect.orDie(Effect.provide(dropDatabase(name), asLogin()))
    )
    yield* Effect.provide(install, asLogin(undefined, name))
    yield* Effect.andThen(grantByDefault, migrate(migrationsDirectory)).pipe(
      Effect.provide(Layer.merge(asLogin(owner, name), NodeServices.layer))
    )
    return DatabasePostgres({ ...as(testLogin, name, through), as: "service" })
  })

const makeDatabase = Effect.fnUntraced(function*(name: string) {
  const sql = yield* SqlClient.SqlClient
  yield* makeForeigners
  for (const role of ["accessa_service", "accessa_user", owner, testLogin]) yield* makeRole(role)
  yield* sql`ALTER ROLE ${sql(owner)} LOGIN CREATEROLE PASSWORD 'postgres'`
  yield* sql`ALTER ROLE ${sql(testLogin)} LOGIN NOINHERIT PASSWORD 'postgres'`
  yield* sql`GRANT accessa_service, accessa_user TO ${sql(owner)}, ${sql(testLogin)}`
  // Only for what tests do as the owner: without INHERIT it takes a SET ROLE.
  yield* sql`GRANT ${sql(owner)} TO ${sql(testLogin)}`
  yield* sql`GRANT anon, authenticated, service_role, stranger TO ${sql(owner)}`
  yield* sql`CREATE DATABASE ${sql(name)} OWNER ${sql(owner)}`
})

const dropDatabase = Effect.fnUntraced(function*(name: string) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`DROP DATABASE ${sql(name)} WITH (FORCE)`
})

const install = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE SCHEMA extensions AUTHORIZATION ${sql(owner)}`
  yield* sql`GRANT USAGE ON SCHEMA extensions TO anon, authenticated, service_role`
  yield* sql`CREATE EXTENSION vector SCHEMA extensions`
})
