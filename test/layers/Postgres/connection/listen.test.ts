import { assert } from "@effect/vitest"
import { Clock, Effect, Fiber, Queue, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { Notifications } from "../../../../layers/Postgres/connection/listen.ts"
import { listenerPatience } from "../../../../src/policy/connections.ts"
import { asOwner } from "../../../support/databases/asOwner.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"

/** The first element signals that listening has begun. */
const listening = Effect.fnUntraced(function*(channel: string) {
  const { subscribe } = yield* Notifications
  const heard = yield* Queue.unbounded<string>()
  yield* Stream.runForEach(subscribe(channel), (payload) => Queue.offer(heard, payload)).pipe(
    // Connecting has a time limit, which the test's clock would reach before the server answers.
    Effect.provideService(Clock.Clock, Clock.Clock.defaultValue()),
    Effect.forkScoped
  )
  assert.strictEqual(yield* Queue.take(heard), "")
  return heard
})

onEachDatabase("notifications", (it, name) => {
  it.layer(Notifications.layer)((it) => {
    it.effect("are sent to every listener on commit, and not on rollback", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const one = yield* listening("a")
        const two = yield* listening("a")
        const other = yield* listening("b")
        const rolledBack = Effect.andThen(sql`SELECT pg_notify('a', 'rolled back')`, Effect.fail("stop"))
        yield* Effect.exit(sql.withTransaction(rolledBack))
        yield* sql.withTransaction(sql`SELECT pg_notify('a', 'committed')`)
        yield* sql`SELECT pg_notify('b', 'elsewhere')`
        assert.strictEqual(yield* Queue.take(one), "committed")
        assert.strictEqual(yield* Queue.take(two), "committed")
        assert.strictEqual(yield* Queue.take(other), "elsewhere")
      }))

    it.effect.skipIf(name === "pglite")(
      "use one connection, however many listen on however many channels",
      () =>
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          const connections = asOwner(sql`SELECT 1 FROM pg_stat_activity
            WHERE datname = current_database() AND query LIKE 'LISTEN%'`)
          const one = yield* listening("shared")
          const before = (yield* connections).length
          const others = yield* Effect.all([listening("shared"), listening("second"), listening("third")])
          assert.lengthOf(yield* connections, before)
          yield* sql`SELECT pg_notify('shared', 's'), pg_notify('second', '2'), pg_notify('third', '3')`
          assert.deepStrictEqual(yield* Effect.forEach([one, ...others], Queue.take), ["s", "s", "2", "3"])
        })
    )

    it.effect.skipIf(name === "pglite")(
      "come over the connection that also takes statements, and another one takes those if it was lost",
      () =>
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          const { ask } = yield* Notifications
          const listener = asOwner(sql`SELECT pid FROM pg_stat_activity
            WHERE datname = current_database() AND query LIKE 'LISTEN%'`)
          const heard = yield* listening("asked")
          const [before] = yield* listener
          assert.isDefined(before)
          assert.deepStrictEqual(yield* ask(sql`SELECT pg_backend_pid() AS pid`), [before])
          yield* asOwner(sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND query LIKE 'SELECT pg_backend_pid%'`)
          assert.deepStrictEqual(yield* ask(sql`SELECT 1 AS one`), [{ one: 1 }])
          assert.strictEqual(yield* Queue.take(heard), "")
        })
    )

    it.effect.skipIf(name === "pglite")(
      "continue after a lost connection, and signal that some may be missing",
      () =>
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          const heard = yield* listening("fragile")
          const beside = yield* listening("beside")
          yield* asOwner(sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND query LIKE 'LISTEN%'`)
          assert.strictEqual(yield* Queue.take(heard), "")
          assert.strictEqual(yield* Queue.take(beside), "")
          yield* sql`SELECT pg_notify('fragile', 'again')`
          assert.strictEqual(yield* Queue.take(heard), "again")
          yield* sql`SELECT pg_notify('beside', 'again')`
          assert.strictEqual(yield* Queue.take(beside), "again")
        })
    )

    // The last one: it leaves the connection occupied.
    it.effect.skipIf(name === "pglite")(
      "do not keep a statement waiting that their connection has no time for: the pool takes it",
      () =>
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          const { ask } = yield* Notifications
          yield* listening("occupied")
          yield* ask(sql`SELECT pg_sleep(600)`).pipe(
            Effect.provideService(Clock.Clock, Clock.Clock.defaultValue()),
            Effect.forkScoped({ startImmediately: true })
          )
          const asked = yield* Effect.forkChild(ask(sql`SELECT 1 AS one`), { startImmediately: true })
          yield* TestClock.adjust(listenerPatience)
          assert.deepStrictEqual(yield* Fiber.join(asked), [{ one: 1 }])
        })
    )
  })
})
