/**
 * The system as processes of their own, with the local parser and the mock embedder. On PostgreSQL (`DATABASE_URL`) the API,
 * the worker and the dashboard are three; the embedded database takes one, in which all of them run.
 */
import { Config, Effect, FileSystem, Schedule, Schema } from "effect"
import { cwd } from "node:process"
import { freePort } from "../../faults/PostgresPlace.ts"
import { startProcess } from "../../faults/Process.ts"
import { copyPgliteTemplate } from "../databases/PgliteCopy.ts"
import { serverDatabase } from "../databases/serverDatabase.ts"

const Accepted = Schema.Struct({ job_id: Schema.String })
const Status = Schema.Struct({ status: Schema.String })

export const startStack = Effect.fnUntraced(function*(settings: Readonly<Record<string, string>>) {
  const fs = yield* FileSystem.FileSystem
  const directory = yield* fs.makeTempDirectoryScoped({ directory: cwd(), prefix: ".accessa-stack-" })
  const [api, worker, monitor, llamaparse, openai] = yield* Effect.all([
    freePort,
    freePort,
    freePort,
    freePort,
    freePort
  ])
  const database = yield* serverDatabase
  const env = {
    PATH: yield* Config.String("PATH"),
    HOME: directory,
    ACCESSA_DATA_DIR: directory,
    API_PORT: String(api),
    WORKER_HEALTH_PORT: String(worker),
    MONITOR_PORT: String(monitor),
    MOCK_LLAMAPARSE_PORT: String(llamaparse),
    MOCK_OPENAI_PORT: String(openai),
    PARSER: "local",
    ...(database === undefined ? {} : { DATABASE_URL: database }),
    ...settings
  }
  const ports = { api, worker, monitor, "mock-llamaparse": llamaparse, "mock-openai": openai, start: api }
  const start = (program: keyof typeof ports) =>
    startProcess({
      program,
      directory: cwd(),
      env,
      logFile: `${directory}/${program}.log`,
      health: new URL("/health", `http://127.0.0.1:${ports[program]}`)
    })
  if (database === undefined) {
    yield* copyPgliteTemplate(`${directory}/data`)
    yield* start("start")
  } else {
    yield* start("api")
    yield* Effect.all([start("mock-openai"), start("worker"), start("monitor")], { concurrency: "unbounded" })
  }

  const url = new URL(`http://127.0.0.1:${api}`)
  const key = (yield* fs.readFileString(`${directory}/local-key`)).trim()
  const ask = (path: string, init: RequestInit = {}) =>
    Effect.promise(async () => {
      const response = await fetch(new URL(path, url), {
        ...init,
        headers: { authorization: `Bearer ${key}`, ...init.headers }
      })
      return { status: response.status, body: response.status === 204 ? null : await response.json() }
    })
  /** The status in which the job ends. */
  const ended = (jobId: string) =>
    ask(`/api/v1/jobs/${jobId}`).pipe(
      Effect.flatMap((answer) => Schema.decodeUnknownEffect(Status)(answer.body)),
      Effect.map(({ status }) => status),
      Effect.repeat({
        schedule: Schedule.spaced("100 millis"),
        until: (status) => status === "complete" || status.startsWith("failed")
      })
    )
  /** Answers the status in which its job ended. */
  const ingest = Effect.fnUntraced(function*(name: string, content: string) {
    const body = new FormData()
    body.append("file", new Blob([content]), name)
    const accepted = yield* ask("/api/v1/documents", { method: "POST", body })
    return yield* ended((yield* Schema.decodeUnknownEffect(Accepted)(accepted.body)).job_id)
  })
  return { directory, ports: { api, worker, monitor }, ask, ended, ingest }
})
