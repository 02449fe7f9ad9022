/** A database that cannot be used says why, without the password. */
import { assert, it } from "@effect/vitest"
import { Cause, Config, Effect, Layer, Option, Redacted } from "effect"
import { inspect } from "node:util"
import { DatabasePostgres } from "../../layers/Postgres/connection/Postgres.ts"
import { serveStub } from "../support/stubs/HttpStub.ts"
import { Canary } from "./Canary.ts"
import { Recorder } from "./Recorder.ts"

const canary = new Canary("the database's password")

const tell = (url: string) =>
  Effect.gen(function*() {
    const database = DatabasePostgres({
      url: Redacted.make(url),
      maxConnections: 1,
      applicationName: "test",
      as: "service"
    })
    const cause = yield* Layer.build(database).pipe(Effect.sandbox, Effect.flip)
    yield* Effect.logFatal("The process failed unexpectedly.", cause)
    const { lines, spans } = yield* Recorder
    const outputs = [inspect(cause, { depth: 20 }), Cause.pretty(cause), yield* lines, yield* spans]
    for (const output of outputs) assert.isUndefined(canary.findIn(output))
  }).pipe(Effect.scoped, Effect.provide(Recorder.layer))

const shapes: ReadonlyArray<readonly [what: string, url: string]> = [
  ["at which nothing listens", `postgres://app:${canary.value}@127.0.0.1:1/db`],
  ["with an unknown host", `postgres://app:${canary.value}@nowhere.invalid/db`],
  ...["/", "#", "?", "@", ":", "%", " "].map((sign) =>
    [`whose password begins with an unencoded ${sign}`, `postgres://app:${sign}${canary.value}@127.0.0.1:1/db`] as const
  ),
  ["with an invalid port", `postgres://app:${canary.value}@127.0.0.1:port/db`],
  ["of another database", `mysql://app:${canary.value}@127.0.0.1/db`],
  ["that is only a password", canary.value]
]

it.live.each(shapes)("a URL %s", ([, url]) => tell(url))

it.live("a server with another protocol", () =>
  Effect.gen(function*() {
    const { host } = yield* serveStub(() => ({ status: 200 }))
    yield* tell(`postgres://app:${canary.value}@${host}/db`)
  }))

const server = Effect.runSync(Config.option(Config.Redacted("DATABASE_URL")))

it.live.skipIf(Option.isNone(server))("a server that refuses the password", () =>
  Effect.gen(function*() {
    const url = new URL(Redacted.value(Option.getOrThrow(server)))
    url.password = canary.value
    url.username = "no_such_user"
    yield* tell(url.href)
  }))
