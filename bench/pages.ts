/** `pnpm bench pages`: what each page of the dashboard costs the database of `DATABASE_URL`, filled first if it is empty. */
import { Clock, Config, Console, Effect, FileSystem, Layer, Option, References } from "effect"
import { Command, Flag } from "effect/cli"
import { SqlClient } from "effect/sql"
import { migrateDatabase } from "../layers/App/Database.ts"
import { Stores } from "../layers/App/Stores.ts"
import { DatabasePostgres } from "../layers/Postgres/connection/Postgres.ts"
import { HourlyFigures } from "../services/HourlyFigures.ts"
import { Settings } from "../src/settings/Settings.ts"
import { fill } from "./pages/fill.ts"
import { explaining, Plans } from "./pages/plans.ts"
import { questions, subjects } from "./pages/questions.ts"

export const pages = Command.make(
  "pages",
  {
    jobs: Flag.Int("jobs").pipe(Flag.withDefault(1_000_000)),
    calls: Flag.Int("calls").pipe(Flag.withDefault(40)),
    plans: Flag.String("plans").pipe(Flag.optional)
  },
  Effect.fn("bench.pages")(function*({ calls, jobs, plans }) {
    yield* prepare(jobs)
    yield* measure(calls, plans).pipe(Effect.provide(
      Layer.merge(Stores, Layer.succeed(Plans, { lines: [] })).pipe(Layer.provideMerge(Settings.layer))
    ))
  }, Effect.provideService(References.MinimumLogLevel, "Warn"))
)

const prepare = Effect.fnUntraced(function*(jobs: number) {
  const url = yield* Config.Redacted("DATABASE_URL")
  yield* Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    yield* migrateDatabase
    const some = yield* sql`SELECT FROM upload_jobs LIMIT 1`
    if (some.length === 0) yield* fill(jobs)
  }).pipe(Effect.provide(
    Layer.merge(
      DatabasePostgres({ url, maxConnections: 1, applicationName: "accessa bench", as: "login" }),
      Settings.layer
    )
  ))
})

/** Round by round over all questions, so that none of them finds only its own pages in the cache. */
const measure = Effect.fnUntraced(function*(calls: number, plansTo: Option.Option<string>) {
  // As a worker would have done by the hour.
  const { spending } = yield* HourlyFigures
  yield* spending
  const asked = yield* questions
  const about = yield* subjects(calls)
  const times = asked.map((): Array<number> => [])
  for (const [n, subject] of about.entries()) {
    for (const [at, { ask }] of asked.entries()) {
      const start = yield* Clock.currentTimeNanos
      yield* ask(subject, n)
      times[at]?.push(Number((yield* Clock.currentTimeNanos) - start) / 1e6)
    }
  }
  yield* Console.log("| page | question | p50 ms | p95 ms | most ms |\n|---|---|---|---|---|")
  for (const [at, { name, page }] of asked.entries()) {
    const sorted = (times[at] ?? []).toSorted((a, b) => a - b)
    const place = (share: number) =>
      (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1)
    yield* Console.log(`| ${page} | ${name} | ${place(0.5)} | ${place(0.95)} | ${place(1)} |`)
  }
  if (Option.isNone(plansTo)) return
  const { lines } = yield* Plans
  const [subject] = about.slice(calls / 2)
  for (const { ask, name, page } of asked) {
    lines.push(`## ${page}: ${name}`, "")
    if (subject !== undefined) yield* explaining(ask(subject, 1))
  }
  yield* (yield* FileSystem.FileSystem).writeFileString(plansTo.value, lines.join("\n"))
})
