/**
 * The ports behind the HTTP API, over maps, with a switch that makes each port fail. They keep the rules a caller can see
 * (one job for equal bytes, unique ids, another user's resources not found).
 */
import { Context, DateTime, Effect, Layer, Option, PubSub, Stream, SubscriptionRef } from "effect"
import { Callbacks } from "../../services/Callbacks.ts"
import { Chunks } from "../../services/Chunks.ts"
import { Documents } from "../../services/Documents.ts"
import { Health } from "../../services/Health.ts"
import { type Changed, JobPlace, Jobs } from "../../services/Jobs.ts"
import { ObjectNames } from "../../services/ObjectNames.ts"
import { Vectors } from "../../services/Vectors.ts"
import type { JobId, UserId } from "../../src/domain/Ids.ts"
import type { Job, JobError } from "../../src/domain/Job.ts"
import { failureOf, isTerminal, type JobStatus } from "../../src/domain/JobStatus.ts"
import { PermanentError, type ServiceError, TransientError } from "../../src/domain/ServiceError.ts"
import { attachedTo, toDocument } from "./attachments.ts"
import { aReceipt, makePipeline, Pipeline, webhookSecret } from "./Pipeline.ts"

const connectionLost = new TransientError({ code: "DATABASE_FAILED", message: "The connection was lost." })

const services = Effect.map(makePipeline, ({ changes, pipeline }) => {
  /** Fails instead, if the test says so. */
  const port = <A>(run: () => A | Effect.Effect<A, ServiceError>): Effect.Effect<A, ServiceError> =>
    Effect.suspend((): Effect.Effect<A, ServiceError> => {
      if (pipeline.failure !== undefined) return Effect.fail(pipeline.failure)
      const result = run()
      return Effect.isEffect(result) ? result : Effect.succeed(result)
    })
  const unused = Effect.die(new Error("the HTTP API has no use for this"))
  const entryOf = (user: UserId, job: JobId) =>
    [...pipeline.entries.values()].find((entry) => entry.job.jobId === job && entry.job.userId === user)
  const usedBy = (user: UserId) =>
    [...pipeline.entries.values()].filter(({ document }) => document.userId === user)
      .reduce((sum, { document }) => sum + document.bytes, 0)
  const change = (
    user: UserId,
    id: JobId,
    allowed: (job: Job) => JobStatus | undefined,
    fields: (job: Job) => Partial<Job>
  ) =>
    port(() =>
      Effect.gen(function*() {
        const entry = entryOf(user, id)
        if (entry === undefined) return Option.none<Changed>()
        const to = allowed(entry.job)
        if (to !== undefined) yield* pipeline.move(id, to, fields(entry.job))
        return Option.some({ job: entry.job, changed: to !== undefined })
      })
    )

  return Context.make(Pipeline, pipeline).pipe(
    Context.add(Documents, {
      accept: (document) =>
        port(() =>
          Effect.gen(function*() {
            const entries = [...pipeline.entries.values()]
            const taken = pipeline.entries.get(document.documentId)
            if (taken?.document.userId === document.userId) {
              return { _tag: "Conflict" as const, job: Option.some(taken.job) }
            }
            const same = entries.find((entry) =>
              entry.document.userId === document.userId && entry.document.sha256 === document.sha256
            )
            if (same !== undefined && !document.force) {
              return { _tag: "Duplicate" as const, job: same.job }
            }
            if (usedBy(document.userId) + document.bytes > document.quotaBytes) {
              return { _tag: "OverQuota" as const }
            }
            const job = yield* pipeline.accept(document)
            return pipeline.answersLost ? yield* connectionLost : { _tag: "Accepted" as const, job }
          })
        ),
      find: (user, id) =>
        port(() => {
          const entry = pipeline.entries.get(id)
          return entry?.document.userId === user ? Option.some(toDocument(pipeline, entry)) : Option.none()
        }),
      findByRequest: (user, requestId) =>
        port(() => {
          const entry = [...pipeline.entries.values()].find(({ document }) =>
            document.userId === user && document.requestId === requestId
          )
          return entry === undefined ? Option.none() : Option.some(toDocument(pipeline, entry))
        }),
      used: (user) => port(() => usedBy(user)),
      sameText: () => unused,
      remove: (user, id) =>
        port(() => {
          const entry = pipeline.entries.get(id)
          if (entry?.document.userId !== user) return Option.none()
          const gone = [entry, ...attachedTo(pipeline.entries.values(), id)]
          for (const { document } of gone) pipeline.entries.delete(document.documentId)
          return Option.some(gone.map(({ job }) => job.rawPath))
        })
    }),
    Context.add(Jobs, {
      find: (user, job) => port(() => Option.fromNullishOr(entryOf(user, job)?.job)),
      list: (user, filter) =>
        port(() => {
          const found = [...pipeline.entries.values()].map((entry) => entry.job).toReversed().filter((job) =>
            job.userId === user &&
            (filter.status?.includes(job.status) ?? true) &&
            (filter.documentId === undefined || filter.documentId === job.documentId) &&
            (filter.errorCode === undefined || filter.errorCode === job.lastError?.code) &&
            job.filename.toLowerCase().includes((filter.filename ?? "").toLowerCase())
          )
          const rest = found.slice(found.findIndex((job) => placeOf(job) === filter.after) + 1)
          const jobs = rest.slice(0, filter.limit)
          const last = jobs.at(-1)
          return {
            jobs,
            next: last !== undefined && rest.length > filter.limit ? Option.some(placeOf(last)) : Option.none()
          }
        }),
      events: (user, job, after) =>
        port(() => (entryOf(user, job)?.events ?? []).filter((event) => event.eventId > after)),
      look: (user, job, after) =>
        port(() =>
          Effect.as(
            SubscriptionRef.update(pipeline.looks, (counts) => new Map(counts).set(job, (counts.get(job) ?? 0) + 1)),
            Option.map(Option.fromNullishOr(entryOf(user, job)), ({ events, job: { status } }) => ({
              status,
              events: events.filter((event) => event.eventId > after)
            }))
          )
        ),
      changes: (job) =>
        Stream.unwrap(Effect.map(PubSub.subscribe(changes), (changed) =>
          Stream.concat(
            Stream.succeed(undefined),
            Stream.fromSubscription(changed).pipe(Stream.filter((id) => id === job), Stream.map(() => undefined))
          ))),
      calls: () => port(() => ({ calls: [], callbacks: [] })),
      receipt: (user, job) => port(() => Option.map(Option.fromNullishOr(entryOf(user, job)), () => aReceipt)),
      retry: (user, job) =>
        change(
          user,
          job,
          ({ lastError, status }) => status.startsWith("failed") ? lastError?.atStatus : undefined,
          () => ({ lastError: null })
        ),
      cancel: (user, job) =>
        change(
          user,
          job,
          ({ status }) => isTerminal(status) ? undefined : failureOf(status),
          ({ status }) => ({ runAt: null, lastError: cancelledAt(status) })
        )
    }),
    Context.add(Chunks, {
      begin: () => unused,
      store: () => unused,
      page: (user, id, after, limit) =>
        port(() =>
          pipeline.entries.get(id)?.document.userId === user
            ? Option.some(
              (pipeline.chunks.get(id) ?? []).filter(({ ordinal }) => ordinal > after).slice(0, limit)
            )
            : Option.none()
        )
    }),
    Context.add(Vectors, {
      reuse: () => unused,
      missing: () => unused,
      announce: () => unused,
      lose: () => unused,
      store: () => unused,
      withdraw: () => unused,
      announceQuery: () => port(() => undefined),
      payQuery: () => port(() => undefined),
      payProbe: () => unused,
      search: (_user, model, query, { limit }) =>
        port(() =>
          query.length === model.dimensions
            ? pipeline.hits.slice(0, limit)
            : Effect.fail(new PermanentError({ code: "EMBED_DIM_MISMATCH", message: "A query of another width." }))
        ),
      match: (_user, _query, { filter, limit }) =>
        port(() =>
          pipeline.hits
            .filter(({ filename }) => filter["filename"] === undefined || filter["filename"] === filename)
            .slice(0, limit)
            .map(({ chunkId, filename, score, text }) => ({
              id: chunkId,
              content: text,
              metadata: { filename },
              similarity: score
            }))
        ),
      nearest: (_user, _chunk, limit) => port(() => pipeline.hits.slice(0, limit))
    }),
    Context.add(Callbacks, {
      find: (id) =>
        port(() =>
          Option.fromUndefinedOr([...pipeline.entries.values()].find(({ job }) => job.jobId === id)).pipe(
            Option.map(({ job }) => ({ secret: webhookSecret, origin: { ...job, traceparent: null } }))
          )
        ),
      record: (receipt) =>
        port(() => {
          if (pipeline.callbacks.some(({ eventId }) => eventId === receipt.eventId)) return false
          pipeline.callbacks.push(receipt)
          return true
        })
    }),
    Context.add(ObjectNames, {
      unnamed: (paths) =>
        port(() => {
          const named = new Set(
            [...pipeline.entries.values()].flatMap(({ document, job }) => [document.rawPath, job.parsedPath])
          )
          return paths.filter((path) => !named.has(path))
        }),
      page: (after, limit) =>
        port(() => {
          const found = [...pipeline.entries.values()].map(({ document: { documentId, rawPath, userId } }) => ({
            userId,
            documentId,
            paths: [rawPath]
          }))
          return found.slice(found.findIndex(({ documentId }) => documentId === after?.documentId) + 1).slice(0, limit)
        }),
      takeTurn: () => unused
    }),
    Context.add(Health, {
      heartbeatAge: port(() => pipeline.heartbeat),
      acceptsWrites: port(() => pipeline.acceptsWrites),
      missingMigrations: port(() => pipeline.missingMigrations)
    })
  )
})

const cancelledAt = (status: JobStatus): JobError => ({
  code: "CANCELLED",
  class: "permanent",
  message: "Cancelled by its owner.",
  help: "Retry it to resume.",
  kept: "The upload.",
  atStatus: status
})

const placeOf = (job: Job) => JobPlace.make(`${DateTime.toEpochMillis(job.createdAt)}000.${job.jobId}`)

export const PipelineMemory = Layer.effectContext(services)
