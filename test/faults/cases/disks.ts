/** The disks of the database and of the storage folder fill up to the last byte, and then have space again. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { type Answer, startApi, storedFiles } from "../api.ts"
import { type Case, Unexpected } from "../Case.ts"
import { longText, smallText } from "../documents.ts"
import { breaches } from "../invariants.ts"
import { count, eventually, must, until, untilComplete } from "../judge.ts"
import { judge } from "../makeWorld.ts"
import { postgresPrograms, startPostgres } from "../PostgresServer.ts"
import { smallDisk } from "../smallDisk.ts"
import { World } from "../World.ts"

type Api = Effect.Success<ReturnType<typeof startApi>>

const jobOf = ({ body }: Answer) => ({ job_id: String(body["job_id"]) })

/** Uploads for a while; each is accepted, or refused with a time to retry. Returns the accepted ones. */
const uploadThrough = Effect.fnUntraced(function*(api: Api, contents: ReadonlyArray<string>) {
  const answers = yield* Effect.forEach(
    contents,
    (content, n) => Effect.delay(api.upload(`full-${n}.md`, content), "500 millis"),
    { concurrency: 2 }
  )
  for (const { code, headers, status, text } of answers) {
    const isRefusal = status === 503 && Number(headers.get("retry-after")) > 0 && typeof code === "string"
    yield* must(status === 202 || isRefusal, `An upload was answered ${status}: ${text.slice(0, 300)}`)
  }
  const taken = answers.filter(({ status }) => status === 202)
  return { taken: taken.map(jobOf), refused: answers.filter(({ status }) => status === 503) }
})

export const cases: ReadonlyArray<Case> = [
  {
    id: "F18a",
    title: "the database's disk is full to the last byte while documents are uploaded and processed",
    expected: "Uploads are answered 503 with Retry-After, the service is not ready, no document fails; once "
      + "there is space again,"
      + "every accepted document is complete.",
    needs: ["server", "mounts"],
    run: Effect.gen(function*() {
      const { freePort, seed, start } = yield* World
      const programs = yield* postgresPrograms
      if (programs === undefined) return yield* new Unexpected({ message: "There is no server." })
      const disk = yield* smallDisk(192)
      const server = yield* startPostgres(programs, yield* freePort, disk.directory)
      const settings = { DATABASE_URL: server.url }
      const judged = Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const api = yield* startApi({ settings })
        yield* start("mock-openai")
        yield* start("worker", settings)
        const early = yield* api.upload("early.md", smallText(seed))
        yield* untilComplete(jobOf(early))
        const before = yield* uploadThrough(api, [longText(800, seed), longText(800, seed + 1)])
        yield* disk.fill()
        const during = yield* uploadThrough(
          api,
          Array.from({ length: 24 }, (_, n) => longText(300, seed + 10 + n))
        )
        const ready = yield* api.ask("/health/ready")
        const failed = yield* count("SELECT count(*) FROM upload_jobs WHERE status LIKE 'failed%'")
        yield* disk.empty
        // A server that stopped because it could not write its log is restarted by the operator who freed the space.
        const runs = yield* sql`SELECT 1`.pipe(Effect.timeout("15 seconds"), Effect.isSuccess)
        if (!runs) yield* server.start
        const jobs = [...before.taken, ...during.taken]
        yield* Effect.forEach(jobs, (job) => untilComplete(job), { concurrency: 4 })
        yield* must(failed === 0, `${failed} documents failed.`)
        yield* must(during.refused.length > 0, `All of ${during.taken.length} uploads were taken.`)
        yield* must(ready.status === 503, `/health/ready answered ${ready.status} ${ready.text}.`)
        const after = yield* api.ingest("after.md", smallText(seed, 1))
        yield* must(after.status === "complete", `A later document ended as ${after.status} (${after.code}).`)
        yield* eventually(
          api.ask("/health/ready"),
          ({ status }) => status === 200,
          ({ status, text }) => `/health/ready answers ${status} ${text}.`
        )
        const found = yield* breaches
        yield* must(found.length === 0, found.slice(0, 5).join("; "))
        return `${during.refused.length} uploads were refused, ${during.taken.length} taken, `
          + `${runs ? "the server kept running" : "the server had stopped"}; ${jobs.length + 2} documents complete.`
      })
      return yield* Effect.provide(judged, judge(server.url))
    })
  },
  {
    id: "F18b",
    title: "the storage folder's disk becomes full while a file streams in, and while a document is parsed",
    expected: "503 with STORAGE_FULL and Retry-After, nothing of the file is left, and the service is not ready; the "
      + "document is parked. Once there is space again, the file is accepted and both are complete.",
    needs: ["mounts"],
    run: Effect.gen(function*() {
      const { directory, seed, start } = yield* World
      const disk = yield* smallDisk(8, `${directory}/storage`)
      const api = yield* startApi()
      yield* start("mock-openai")
      const waiting = yield* api.upload("waiting.md", smallText(seed))
      const stored = yield* storedFiles
      const large = longText(2_000, seed)
      yield* disk.fill(500_000)
      const streamed = yield* api.upload("large.md", large)
      yield* disk.fill()
      const small = yield* api.upload("small.md", smallText(seed, 1))
      const ready = yield* api.ask("/health/ready")
      const left = (yield* storedFiles).filter((file) => !stored.includes(file) && file !== "ballast")
      yield* start("worker")
      const parked = yield* until(jobOf(waiting), "parked", ({ code }) => code !== null)
      yield* disk.empty
      for (const { code, headers, status } of [streamed, small]) {
        yield* must(
          status === 503 && code === "STORAGE_FULL" && Number(headers.get("retry-after")) > 0,
          `An upload was answered ${status} ${code}, Retry-After ${headers.get("retry-after")}.`
        )
      }
      yield* must(left.length === 0, `There is ${left.join(", ")}.`)
      yield* must(ready.status === 503, `/health/ready answered ${ready.status} ${ready.text}.`)
      yield* must(
        parked.status === "parse_queued" || parked.status === "uploaded",
        `The waiting one is ${parked.status} (${parked.code}).`
      )
      const again = yield* api.ingest("large.md", large)
      yield* must(again.status === "complete", `The large one ended as ${again.status} (${again.code}).`)
      const { seconds } = yield* untilComplete(jobOf(waiting))
      return `2 × 503, nothing left; parked with ${parked.code}, complete after ${
        seconds.toFixed(1)
      } s; the file accepted later.`
    })
  }
]
