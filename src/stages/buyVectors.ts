/**
 * One embeddings request with its place in the ledger: announced before it is made, settled after. An input that the provider
 * refuses, or a tenant whose rate it limits, is singled out, so that the others get what they asked for.
 */
import { Effect, Exit } from "effect"
import { Embedder } from "../../services/Embedder.ts"
import { Ids } from "../../services/Ids.ts"
import { type MissingChunk, type Purchase, Vectors } from "../../services/Vectors.ts"
import type { JobId } from "../domain/Ids.ts"
import type { ClaimedJob } from "../domain/Job.ts"
import { StaleClaim } from "../domain/Move.ts"
import { PermanentError, type StageError } from "../domain/StageError.ts"
import { answeredCodes, inputCodes } from "../policy/embedding.ts"
import { bytesPerToken, embeddingCost, refusalsAtMost } from "../policy/limits.ts"
import { Breakers } from "./Breakers.ts"
import { insisting } from "./insisting.ts"

export type Failure = StageError | StaleClaim

/** Chunks of one job that go in one request. */
export interface Slice {
  readonly job: ClaimedJob
  readonly chunks: ReadonlyArray<MissingChunk>
}

/** How it ended for each job. */
export type Endings = ReadonlyMap<JobId, Exit.Exit<void, Failure>>

export const makeBuyer = Effect.gen(function*() {
  const embedder = yield* Embedder
  const vectors = yield* Vectors
  const breakers = yield* Breakers
  const ids = yield* Ids

  /** No two slices are of one job: the ledger has one row for each call and job. */
  const buy = Effect.fn("EmbeddingBatches.buy")(function*(slices: ReadonlyArray<Slice>) {
    const left = { input: refusalsAtMost.input, tenant: refusalsAtMost.tenant }
    const attempt = (asked: ReadonlyArray<Slice>): Effect.Effect<Endings, Failure> =>
      Effect.gen(function*() {
        yield* breakers.check("embedder")
        const callId = yield* ids.uuid
        const order = (of: ReadonlyArray<Slice>, tokens: number) => purchase(callId, embedder.model, of, tokens)
        const refused = yield* vectors.announce(order(asked, estimate(asked)))
        const endings = new Map<JobId, Exit.Exit<void, Failure>>()
        for (const [id, failure] of refused) endings.set(id, Exit.fail(failure))
        const going = asked.filter(({ job }) => !refused.has(job.job_id))
        if (going.length === 0) return endings

        const texts = going.flatMap(({ chunks }) => chunks.map((chunk) => chunk.text))
        // What is paid for is stored, or stands in the ledger as lost, even if everybody is told to stop meanwhile.
        const error = yield* Effect.uninterruptibleMask((restore) =>
          restore(Effect.result(breakers.guard("embedder", embedder.embed(texts)))).pipe(
            Effect.flatMap(Effect.fnUntraced(function*(bought) {
              if (bought._tag === "Failure") {
                const { failure } = bought
                const isPaid = failure._tag !== "StaleClaim" && answeredCodes.has(failure.code)
                yield* insisting(isPaid ? vectors.lose(callId) : vectors.withdraw(callId))
                return failure
              }
              const { requestId, tokens, vectors: found } = bought.success
              const stale = yield* insisting(vectors.store(order(going, tokens), found, requestId)).pipe(
                Effect.tapError(() => Effect.ignore(vectors.lose(callId), { log: "Warn" }))
              )
              for (const { job } of going) {
                endings.set(
                  job.job_id,
                  stale.has(job.job_id) ? Exit.fail(new StaleClaim({ job_id: job.job_id })) : Exit.void
                )
              }
              return undefined
            }))
          )
        )
        if (error === undefined) return endings
        const parts = partsOf(going, error, left)
        if (parts === undefined) return merged([endings, allFailed(going, error)])
        return merged([endings, ...(yield* Effect.forEach(parts, attempt))])
      })
    return yield* attempt(slices)
  })
  return buy
})

interface Left {
  input: number
  tenant: number
}

/** Smaller requests that will tell who is at fault; undefined where that is known, or not worth more calls. */
const partsOf = (
  slices: ReadonlyArray<Slice>,
  error: Failure,
  left: Left
): ReadonlyArray<ReadonlyArray<Slice>> | undefined => {
  if (error._tag === "PermanentError" && inputCodes.has(error.code)) {
    const items = slices.flatMap(({ chunks, job }) => chunks.map((chunk) => ({ job, chunks: [chunk] })))
    return items.length > 1 && left.input-- > 0 ? halves(items).map(byJob) : undefined
  }
  if (error._tag === "TransientError" && error.code === "EMBED_RATE_LIMITED") {
    const users = [...new Set(slices.map(({ job }) => job.user_id))]
    if (users.length === 1 || left.tenant-- <= 0) return undefined
    return halves(users).map((some) => slices.filter(({ job }) => some.includes(job.user_id)))
  }
  return undefined
}

const halves = <A>(all: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> => {
  const middle = Math.ceil(all.length / 2)
  return [all.slice(0, middle), all.slice(middle)]
}

/** One slice a job, each in the order it came. */
export const byJob = (slices: ReadonlyArray<Slice>): ReadonlyArray<Slice> => {
  const jobs = new Map<JobId, Slice>()
  for (const slice of slices) {
    const known = jobs.get(slice.job.job_id)
    jobs.set(slice.job.job_id, known === undefined ? slice : { ...known, chunks: [...known.chunks, ...slice.chunks] })
  }
  return [...jobs.values()]
}

const allFailed = (slices: ReadonlyArray<Slice>, error: Failure): Endings =>
  new Map(slices.map((slice) => [slice.job.job_id, Exit.fail(naming(slice, slices, error))]))

/** A refusal of one input says which. */
const naming = ({ chunks }: Slice, slices: ReadonlyArray<Slice>, error: Failure): Failure => {
  const [chunk] = chunks
  if (error._tag !== "PermanentError" || chunk === undefined || chunks.length + slices.length > 2) return error
  return new PermanentError({ ...error, message: `Chunk ${chunk.ordinal}: ${error.message}` })
}

/** A job whose parts ended differently has failed. */
const merged = (parts: ReadonlyArray<Endings>): Endings => {
  const all = new Map<JobId, Exit.Exit<void, Failure>>()
  for (const [id, exit] of parts.flatMap((part) => [...part])) {
    const known = all.get(id)
    if (known === undefined || Exit.isSuccess(known)) all.set(id, exit)
  }
  return all
}

const estimate = (slices: ReadonlyArray<Slice>): number =>
  Math.ceil(slices.reduce((total, slice) => total + lengthOf(slice), 0) / bytesPerToken)

const lengthOf = ({ chunks }: Slice): number => chunks.reduce((total, chunk) => total + chunk.text.length, 0)

/** Shares a call's tokens out by length; the shares add up to the whole. */
const purchase = (
  callId: string,
  model: Purchase["model"],
  slices: ReadonlyArray<Slice>,
  tokens: number
): Purchase => {
  const whole = slices.reduce((total, slice) => total + lengthOf(slice), 0)
  let length = 0
  let given = 0
  return {
    callId,
    model,
    shares: slices.map((slice) => {
      length += lengthOf(slice)
      const share = Math.round(tokens * length / whole) - given
      given += share
      return { ...slice, tokens: share, costUsd: embeddingCost(model.model, share) }
    })
  }
}
