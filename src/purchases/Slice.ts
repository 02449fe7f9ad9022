/** A job's part of an embeddings request: distributed, split and merged. Pure. */
import { Exit } from "effect"
import type { MissingChunk, Purchase } from "../../services/Vectors.ts"
import { defined } from "../domain/defined.ts"
import { type ErrorCode, errorCodes } from "../domain/ErrorCode.ts"
import type { JobId, UserId } from "../domain/Ids.ts"
import type { ClaimedJob } from "../domain/Job.ts"
import type { StaleClaim } from "../domain/Move.ts"
import { PermanentError, type ServiceError } from "../domain/ServiceError.ts"
import { bytesPerToken, embeddingCost } from "../policy/limits.ts"

export type Failure = ServiceError | StaleClaim

/** Chunks of one job in one request. */
export interface Slice {
  readonly job: ClaimedJob
  readonly chunks: ReadonlyArray<MissingChunk>
}

/** The outcome for each job. */
export type Ends = ReadonlyMap<JobId, Exit.Exit<void, Failure>>

/**
 * What may have caused a failed request: one `text`, one `user`, something `unknown`, or none of its parts. `unavailable`
 * and `dimensions` are a text's fault only if the service is available.
 */
export const verdict = (error: Failure): "text" | "user" | "unknown" | "unavailable" | "dimensions" | undefined => {
  switch (error._tag) {
    case "StaleClaim":
      return undefined
    case "PermanentError":
      if (error.code === "EMBED_DIM_MISMATCH") return "dimensions"
      // A statement that the database rejects contains rows of one job that it cannot accept.
      return isRejectedInput(error.code) || error.code === "INTERNAL" ? "text" : undefined
    case "RecoverableError":
      return error.code === "EMBED_UNAVAILABLE" ? "unavailable" : undefined
    case "TransientError":
      if (error.code === "EMBED_RATE_LIMITED") return "user"
      if (error.code === "EMBED_AUTH") return "text"
      return error.dependency === "embedder" ? "unknown" : undefined
  }
}

const isRejectedInput = (code: ErrorCode): boolean => {
  const { billed, class: kind, dependency } = errorCodes[code]
  return dependency === "embedder" && kind === "permanent" && !billed
}

export const usersOf = (slices: ReadonlyArray<Slice>): ReadonlyArray<UserId> => [
  ...new Set(slices.map(({ job }) => job.userId))
]

export const halves = <A>(all: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> => {
  const middle = Math.ceil(all.length / 2)
  return [all.slice(0, middle), all.slice(middle)].filter((half) => half.length > 0)
}

/** A single text. */
export const single = (slices: ReadonlyArray<Slice>): boolean => slices.length === 1 && slices[0]?.chunks.length === 1

/** Slices of one text each. */
export const textByText = (slices: ReadonlyArray<Slice>): ReadonlyArray<Slice> =>
  slices.flatMap(({ chunks, job }) => chunks.map((chunk) => ({ job, chunks: [chunk] })))

/** One slice per job, in the original order. */
export const byJob = (slices: ReadonlyArray<Slice>): ReadonlyArray<Slice> => {
  const jobs = new Map<JobId, Slice>()
  for (const slice of slices) {
    const known = jobs.get(slice.job.jobId)
    jobs.set(slice.job.jobId, known === undefined ? slice : { ...known, chunks: [...known.chunks, ...slice.chunks] })
  }
  return [...jobs.values()]
}

export const allFailed = (slices: ReadonlyArray<Slice>, error: Failure): Ends =>
  new Map(slices.map((slice) => [slice.job.jobId, Exit.fail(ofOneText(slice, slices, error))]))

/** The rejection of a single text names it and is final. */
const ofOneText = ({ chunks }: Slice, slices: ReadonlyArray<Slice>, error: Failure): Failure => {
  const [chunk] = chunks
  if (chunk === undefined || !single(slices)) return error
  if (error._tag === "TransientError" && error.code === "EMBED_AUTH") {
    const { dependency, requestId } = error
    return new PermanentError({
      code: "EMBED_REJECTED",
      message: `Chunk ${chunk.ordinal}: ${error.message}`,
      ...defined({ dependency, requestId })
    })
  }
  return error._tag === "PermanentError"
    ? new PermanentError({ ...error, message: `Chunk ${chunk.ordinal}: ${error.message}` })
    : error
}

/** A job whose parts ended differently has failed. */
export const merged = (parts: ReadonlyArray<Ends>): Ends => {
  const all = new Map<JobId, Exit.Exit<void, Failure>>()
  for (const [id, exit] of parts.flatMap((part) => [...part])) {
    const known = all.get(id)
    if (known === undefined || Exit.isSuccess(known)) all.set(id, exit)
  }
  return all
}

export const estimate = (slices: ReadonlyArray<Slice>): number =>
  Math.ceil(slices.reduce((total, slice) => total + lengthOf(slice), 0) / bytesPerToken)

const lengthOf = ({ chunks }: Slice): number => chunks.reduce((total, chunk) => total + chunk.text.length, 0)

/** Distributes a call's tokens by text length; the shares add up to the total. */
export const purchase = (
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
