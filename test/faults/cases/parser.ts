/** The parser fails, is slow or sends no callbacks, and the storage loses objects. */
import { Effect, FileSystem } from "effect"
import { SqlClient } from "effect/sql"
import { historyOf } from "../../support/databases/records.ts"
import type { Case } from "../Case.ts"
import { accept, smallText } from "../documents.ts"
import { count, must, until, untilComplete, untilEnded } from "../judge.ts"
import { calls, endScenario, play, untilAnswered } from "../mocks.ts"
import { embeddingStack, fullStack } from "../stack.ts"
import { World } from "../World.ts"

export const cases: ReadonlyArray<Case> = [
  {
    id: "F22",
    title: "the uploaded file is missing from storage, or was replaced",
    expected: "The job fails permanently with RAW_MISSING or RAW_CORRUPT, and no vector is bought.",
    run: Effect.gen(function*() {
      const { directory, seed, start } = yield* World
      const fs = yield* FileSystem.FileSystem
      yield* start("mock-openai")
      const missing = yield* accept(smallText(seed))
      const corrupt = yield* accept(smallText(seed, 1))
      yield* fs.remove(yield* rawFile(directory, missing.document_id))
      yield* fs.writeFileString(yield* rawFile(directory, corrupt.document_id), smallText(seed, 2).slice(0, 20))
      yield* start("worker")
      const one = yield* untilEnded(missing)
      const other = yield* untilEnded(corrupt)
      yield* must(one.code === "RAW_MISSING" && one.status === "failed_parse", `Missing: ${one.status}, ${one.code}.`)
      yield* must(
        other.code === "RAW_CORRUPT" && other.status === "failed_parse",
        `Corrupt: ${other.status}, ${other.code}.`
      )
      const bought = yield* count("SELECT count(*) FROM embedding_ledger")
      yield* must(bought === 0, `${bought} calls are in the ledger.`)
      return `${one.code} and ${other.code}, both failed_parse.`
    })
  },
  {
    id: "F23",
    title: "the parse is accepted, but its callback never arrives",
    expected: "Polling finds the result: the document is complete.",
    run: Effect.gen(function*() {
      const { seed, urls } = yield* World
      yield* fullStack({ api: true, settings: { MOCK_LLAMAPARSE_DELAY: "2" } })
      yield* play(urls.llamaparse, { llamaparse: [{ on: "webhook", times: 100, deliver: { drop: true } }] })
      const job = yield* accept(smallText(seed))
      const { seconds } = yield* untilComplete(job)
      const receipts = yield* count("SELECT count(*) FROM webhook_receipts")
      yield* must(receipts === 0, `${receipts} callbacks arrived nevertheless.`)
      return `Complete after ${seconds.toFixed(1)} s without a callback.`
    })
  },
  {
    id: "F29",
    title: "the API is down when the callback is sent",
    expected: "Polling finds the result: the document is complete.",
    run: Effect.gen(function*() {
      const { seed } = yield* World
      const { api } = yield* fullStack({ api: true, settings: { MOCK_LLAMAPARSE_DELAY: "8" } })
      const job = yield* accept(smallText(seed))
      yield* until(job, "with the parser", ({ status }) => status === "parse_queued")
      if (api !== undefined) yield* api.kill
      const { seconds } = yield* untilComplete(job)
      return `Complete after ${seconds.toFixed(1)} s without the API.`
    })
  },
  {
    id: "F30",
    title: "the parse is pending forever",
    expected: "After the deadline the job fails as failed_parse with PARSER_DEADLINE and names the provider's job.",
    run: Effect.gen(function*() {
      const { seed, urls } = yield* World
      const sql = yield* SqlClient.SqlClient
      yield* fullStack()
      yield* play(urls.llamaparse, { llamaparse: [{ on: "job", times: 100, delay: "1h" }] })
      const job = yield* accept(smallText(seed))
      yield* until(job, "with the parser", ({ status }) => status === "parse_queued")
      // The deadline's half hour passes at once, each time the document is resubmitted.
      let ended = yield* until(job, "waiting for the parser", ({ lease_owner }) => lease_owner === null)
      const resubmitted = new Set([ended.provider_job_id])
      for (let round = 0; round < 10 && ended.status === "parse_queued"; round++) {
        const { fence } = ended
        yield* sql`UPDATE upload_jobs SET poll_deadline = now() - interval '1 second', run_at = least(run_at, now())
          WHERE job_id = ${job.job_id}`
        yield* sql`SELECT pg_notify('accessa_work', '')`
        ended = yield* until(job, "resubmitted", (row) => row.fence > fence && row.lease_owner === null)
        resubmitted.add(ended.provider_job_id)
      }
      yield* must(
        ended.status === "failed_parse" && ended.code === "PARSER_DEADLINE",
        `The job is ${ended.status} (${ended.code}: ${ended.message}).`
      )
      const named = yield* count(
        `SELECT count(*) FROM upload_jobs WHERE job_id = '${job.job_id}' AND position(provider_job_id IN last_error::text) > 0`
      )
      yield* must(named === 1, "The error does not name the provider's job.")
      return `PARSER_DEADLINE with the provider's job id, after ${resubmitted.size} submission(s).`
    })
  },
  {
    id: "F31",
    title: "the parser answers 503 to everything for 20 s, with 20 documents waiting",
    expected: "The circuit opens after a few calls, one probe finds that the parser has recovered, and every document "
      + "is complete.",
    run: Effect.gen(function*() {
      const { seed, urls } = yield* World
      yield* fullStack()
      yield* play(urls.llamaparse, {
        llamaparse: [{ on: "file", times: 10_000, reply: { status: 503 } }, {
          on: "create",
          times: 10_000,
          reply: { status: 503 }
        }]
      })
      const jobs = yield* Effect.forEach(Array.from({ length: 20 }), (_, n) => accept(smallText(seed, n)), {
        concurrency: 4
      })
      yield* untilAnswered(urls.llamaparse, 1, [503])
      yield* Effect.sleep("20 seconds")
      const refused = (yield* calls(urls.llamaparse))["503"] ?? 0
      yield* endScenario(urls.llamaparse)
      yield* Effect.forEach(jobs, (job) => untilComplete(job), { concurrency: 4 })
      yield* must(refused <= 40, `${refused} calls were made to an unavailable parser.`)
      return `${refused} calls in 20 s for 20 documents; all complete.`
    })
  },
  {
    id: "I2",
    title: "the database silently loses one vector",
    expected: "The receipt is not valid: the job fails with RECEIPT_MISMATCH and never becomes complete.",
    needs: ["postgres"],
    run: Effect.gen(function*() {
      const { seed } = yield* World
      const sql = yield* SqlClient.SqlClient
      yield* embeddingStack()
      yield* sql`CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF EXISTS (SELECT FROM document_chunk_buffer WHERE chunk_id = NEW.chunk_id AND chunk_ord = 1)
        THEN RETURN NULL; END IF; RETURN NEW; END $$`
      yield* sql`CREATE TRIGGER lose BEFORE INSERT ON document_vector_buffer FOR EACH ROW EXECUTE FUNCTION lose()`
      const job = yield* accept(smallText(seed) + "\n\n" + smallText(seed, 1).repeat(40))
      const { code, status } = yield* untilEnded(job)
      yield* must(status === "failed_embedding" && code === "RECEIPT_MISMATCH", `The job ended as ${status} (${code}).`)
      yield* must(
        !(yield* historyOf(job.job_id)).some((step) => step.endsWith("complete")),
        "It was complete at some point."
      )
      return "RECEIPT_MISMATCH."
    })
  }
]

/** Its file in the storage directory. */
const rawFile = Effect.fnUntraced(function*(directory: string, document: string) {
  const sql = yield* SqlClient.SqlClient
  const fs = yield* FileSystem.FileSystem
  const [row] = yield* sql<{ readonly raw_path: string }>`
    SELECT raw_path FROM documents WHERE document_id = ${document}`
  const files = yield* fs.readDirectory(`${directory}/storage`, { recursive: true })
  const name = row?.raw_path.split("/").at(-1) ?? ""
  const file = files.find((each) => each.endsWith(name))
  yield* must(file !== undefined, `There is no file ${row?.raw_path} among ${files.join(", ")}.`)
  return `${directory}/storage/${file}`
})
