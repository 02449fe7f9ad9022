/**
 * The HTTP API by its contract, with canned answers, on a free port. Each read of a job moves it one state forward, and a
 * document named `fails-…` ends in a failure.
 */
import { NodeHttpServer } from "@effect/platform-node"
import { Context, DateTime, Deferred, Effect, Layer, Redacted, type Scope, Stream } from "effect"
import { HttpRouter, HttpServer } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { createServer } from "node:http"
import { Jobs } from "../../../services/Jobs.ts"
import { Access, Caller, CredentialEnded } from "../../../src/api/Access.ts"
import { Api } from "../../../src/api/Api.ts"
import { Idempotency } from "../../../src/api/Idempotency.ts"
import type { JobView } from "../../../src/api/jobs.ts"
import { BadRequest, NotFound, Unauthenticated } from "../../../src/api/Problem.ts"
import { Problems } from "../../../src/api/Problems.ts"
import type { Finding } from "../../../src/domain/Finding.ts"
import { localUserId } from "../../../src/domain/Ids.ts"
import { isTerminal } from "../../../src/domain/JobStatus.ts"
import { KnownFieldsLive } from "../../../src/http/middleware/KnownFieldsLive.ts"
import { OverviewLive } from "../../../src/http/overview.ts"
import { DatabaseFacts } from "../../../src/http/server/DatabaseFacts.ts"
import { OverviewMemory } from "../../twins/OverviewMemory.ts"
import {
  aChunk,
  advance,
  aWorker,
  eventsOf,
  notReady,
  receiptOf,
  retried,
  storageAndDatabase,
  storagePage
} from "./cannedAnswers.ts"
import { aJob, at, correlationId } from "./cannedJob.ts"
import { documentsStub, quotesStub } from "./documentsStub.ts"
import { unusedGroups } from "./unusedGroups.ts"

export interface ApiStub {
  readonly url: URL
  readonly jobs: Map<string, JobView>
  /** Done when a job or its events were requested. */
  readonly watched: Effect.Effect<void>
  /** The documents whose chunks were listed or searched. */
  readonly asked: Array<string>
  /** What was uploaded: file name and content, and the form's other fields. */
  readonly uploads: Array<{ readonly name: string; readonly content: string; readonly fields: Record<string, string> }>
}

const pageOf = (jobs: ReadonlyArray<JobView>, start: number, limit: number) => ({
  jobs: jobs.slice(start, start + limit),
  nextCursor: start + limit < jobs.length ? String(start + limit) : null
})

export const serveApiStub = (
  options: {
    readonly port?: number
    readonly ready?: boolean
    readonly jobs?: ReadonlyArray<JobView>
    /** The one key that is accepted; absent: any, or none at all. */
    readonly key?: string
    /** The list of jobs ends at the requested limit, and continues after a cursor. */
    readonly pageByCursor?: boolean
    /** No job moves. */
    readonly stuck?: boolean
    /** What the API's own checks find. */
    readonly findings?: ReadonlyArray<Finding>
    /** A file that a document names and the storage lacks. */
    readonly lost?: string
    /** How far its clock is ahead, in milliseconds. */
    readonly clockAhead?: number
  } = {}
): Effect.Effect<ApiStub, never, Scope.Scope> =>
  Effect.gen(function*() {
    const jobs = new Map((options.jobs ?? []).map((job) => [String(job.jobId), job]))
    const watched = yield* Deferred.make<void>()
    const stub: ApiStub = {
      url: new URL("http://127.0.0.1"),
      jobs,
      watched: Deferred.await(watched),
      asked: [],
      uploads: []
    }
    const find = (id: string) => {
      const job = jobs.get(id)
      return job === undefined
        ? Effect.fail(
          new NotFound({ code: "JOB_NOT_FOUND", detail: "There is no such job.", correlation_id: correlationId })
        )
        : Effect.succeed(job)
    }
    const look = (id: string) =>
      Effect.map(find(id), (job) => {
        if (options.stuck === true || isTerminal(job.status)) return job
        const next = advance(job)
        jobs.set(id, next)
        return next
      })
    const jobsGroup = HttpApiBuilder.group(Api, "jobs", (handlers) =>
      handlers
        .handle("list", ({ query }) =>
          query.filename === "refuse"
            ? Effect.fail(
              new BadRequest({
                code: "BAD_REQUEST",
                detail: "The request is malformed.",
                errors: [{ pointer: "/query/filename", detail: "too odd" }],
                correlation_id: correlationId
              })
            )
            : query.filename === "far" && query.cursor === undefined
            ? Effect.succeed({ jobs: [], nextCursor: "more" })
            : options.pageByCursor === true
            ? Effect.succeed(pageOf([...jobs.values()], Number(query.cursor ?? 0), query.limit ?? 50))
            : Effect.succeed({
              jobs: [...jobs.values()].filter((job) => query.status === undefined || query.status.includes(job.status)),
              nextCursor: null
            }))
        .handle("get", ({ params }) => Effect.tap(look(params.job_id), () => Deferred.succeed(watched, undefined)))
        .handle("events", ({ headers, params }) =>
          Effect.map(Effect.tap(find(params.job_id), () => Deferred.succeed(watched, undefined)), (job) =>
            Stream.fromIterable(
              eventsOf(job).filter((event) =>
                event.eventId > (headers["last-event-id"] ?? 0)
              )
            ).pipe(
              Stream.concat(isTerminal(job.status) ? Stream.empty : Stream.never),
              Stream.map((data) => ({ id: String(data.eventId), event: data.type, data }))
            )))
        .handle("logs", () =>
          Effect.succeed({ lines: [], note: "There are none." }))
        .handle("explain", ({ params }) =>
          Effect.map(find(params.job_id), (job) => ({
            sentence: `It is ${job.status}.`,
            since: at,
            nextAction: "Nothing to do.",
            waitingFor: null
          })))
        .handle("receipt", ({ params }) => Effect.map(find(params.job_id), receiptOf))
        .handle("calls", () => Effect.die("unused"))
        .handle("retry", ({ params }) => Effect.flatMap(find(params.job_id), retried))
        .handle("cancel", ({ params }) => find(params.job_id)))
    const access = Layer.succeed(Access, {
      bearer: (app, { credential }) =>
        options.key === undefined || options.key === Redacted.value(credential)
          ? app.pipe(
            Effect.provideService(Caller, { userId: localUserId, role: "admin", actor: "test" }),
            Effect.provideService(CredentialEnded, Effect.never)
          )
          : Effect.fail(
            new Unauthenticated({
              code: "BAD_CREDENTIAL",
              detail: "The key or token is unknown, expired or revoked.",
              correlation_id: correlationId
            })
          )
    })
    const rest = Layer.mergeAll(
      HttpApiBuilder.group(Api, "search", (handlers) =>
        handlers.handle("matchDocuments", () =>
          Effect.die("unused")).handle("search", ({ payload }) => {
            stub.asked.push(...(payload.document_id === undefined ? [] : [payload.document_id]))
            return Effect.succeed({
              hits: payload.query === "nothing"
                ? []
                : [{ ...aChunk(0), documentId: aJob().documentId, filename: "report.pdf", score: 0.5 }]
            })
          })),
      HttpApiBuilder.group(Api, "storage", (handlers) =>
        handlers.handle("check", ({ query }) =>
          Effect.succeed(storagePage(query.cursor, options.lost)))),
      HttpApiBuilder.group(Api, "diagnosis", (handlers) =>
        handlers.handle("run", () =>
          Effect.map(DateTime.now, (now) => ({
            at: DateTime.add(now, { milliseconds: options.clockAhead ?? 0 }),
            findings: options.findings ?? []
          })))),
      unusedGroups,
      quotesStub,
      Layer.provide(OverviewLive, [OverviewMemory, Layer.mock(Jobs, {}), Layer.mock(DatabaseFacts, {})]),
      HttpApiBuilder.group(Api, "health", (handlers) =>
        handlers
          .handle("alive", () =>
            Effect.succeed({ status: "ok" as const }))
          .handle("ready", () =>
            options.ready === false
              ? Effect.fail(notReady)
              : Effect.succeed({ status: "ready" as const, checks: [...storageAndDatabase, aWorker] })))
    )
    const routes = HttpApiBuilder.layer(Api).pipe(
      Layer.provide([documentsStub(stub), jobsGroup, rest]),
      Layer.provide(access),
      Layer.provide(Layer.succeed(Idempotency, (handler) =>
        handler)),
      Layer.provide([
        Layer.succeed(Problems, (handler) =>
          handler),
        KnownFieldsLive
      ])
    )
    const listener = createServer()
    const server = yield* HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true }).pipe(
      Layer.provideMerge(
        NodeHttpServer.layer(() =>
          listener, {
          port: options.port ?? 0,
          host: "127.0.0.1",
          gracefulShutdownTimeout: "100 millis"
        })
      ),
      Layer.build,
      Effect.orDie
    )
    // it ends as a killed process does: with its connections
    yield* Effect.addFinalizer(() =>
      Effect.sync(() =>
        listener.closeAllConnections()
      )
    )
    const { address } = Context.get(server, HttpServer.HttpServer)
    const port = "port" in address ? address.port : 0
    stub.url.port = String(port)
    return stub
  })
