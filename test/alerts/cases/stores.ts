/** The database is slow, the storage refuses us, and the disk is full. */
import { Effect, FileSystem } from "effect"
import type { Case } from "../../faults/Case.ts"
import { smallText } from "../../faults/documents.ts"
import { untilCount } from "../../faults/judge.ts"
import { smallDisk } from "../../faults/smallDisk.ts"
import { longLease, proxiedDatabase } from "../../faults/stack.ts"
import { World } from "../../faults/World.ts"
import { serveSupabase } from "../../support/stubs/SupabaseStub.ts"
import { seeded } from "../Seeded.ts"
import { startMonitored, uploadAll } from "../stack.ts"

const storageKey = "the key of the storage's stand-in"

export const cases: ReadonlyArray<Case> = [
  seeded({
    id: "S8",
    title: "the database answers each statement 150 ms later",
    rule: "DATABASE_SLOW",
    rules: "DATABASE_SLOW over=100",
    names: /A small write took \d+ ms/,
    needs: ["postgres"],
    prepare: Effect.fnUntraced(function*(given) {
      const { start } = yield* World
      const { proxy, settings: through } = yield* proxiedDatabase
      const settings = { ...given, ...longLease, ...through }
      yield* start("mock-openai", settings)
      yield* startMonitored(settings)
      yield* start("worker", settings)
      return { cause: proxy.set({ slowMillis: 75 }), repair: proxy.set("pass") }
    })
  }),
  seeded({
    id: "S9",
    title: "the storage refuses our key",
    rule: "CIRCUIT_OPEN",
    names: /storage/i,
    prepare: Effect.fnUntraced(function*(given) {
      const { seed, start } = yield* World
      const supabase = yield* serveSupabase({ key: storageKey, prefix: "/storage/v1" })
      const settings = {
        ...given,
        STORAGE: "supabase",
        SUPABASE_URL: supabase.url.href,
        SUPABASE_SERVICE_ROLE_KEY: storageKey
      }
      yield* start("mock-openai", settings)
      const { upload } = yield* startMonitored(settings)
      yield* start("worker", settings)
      return {
        cause: Effect.gen(function*() {
          supabase.intercept = ({ method }) =>
            method === "GET"
              ? {
                status: 403,
                body: { statusCode: "403", error: "Unauthorized", message: "signature verification failed" }
              }
              : undefined
          yield* uploadAll(upload, [smallText(seed)])
          yield* untilCount(
            "open circuits of the storage",
            "SELECT count(*) FROM providers WHERE dependency = 'storage' AND state <> 'closed'",
            (open) => open === 1
          )
        }),
        repair: Effect.sync(() => {
          supabase.intercept = () => undefined
        })
      }
    })
  }),
  seeded({
    id: "S10",
    title: "the disk of the data directory is full",
    rule: "DISK_FULL",
    names: /\d % of the disk of \S+ is free/,
    needs: ["mounts", "postgres"],
    prepare: Effect.fnUntraced(function*(given) {
      const { directory, start } = yield* World
      const fs = yield* FileSystem.FileSystem
      const disk = yield* smallDisk(64)
      const settings = { ...given, ACCESSA_DATA_DIR: disk.directory }
      yield* start("mock-openai", settings)
      yield* start("api", settings)
      // The suite looks for the key in its own folder.
      yield* fs.copyFile(`${disk.directory}/local-key`, `${directory}/local-key`)
      yield* start("monitor", settings)
      yield* start("worker", settings)
      return { cause: disk.fill(), repair: disk.empty }
    })
  })
]
