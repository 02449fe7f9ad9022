/** What a person sees and asks of the deployments to an environment. */
import { Effect, Option } from "effect"
import { Releases } from "../../../services/Releases.ts"
import type { By } from "../../domain/Principal.ts"
import type { ReleaseRequest } from "../../domain/Release.ts"
import { ReleaseTargets } from "./ReleaseTargets.ts"

const inRecord = <A, E, R>(use: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const context = yield* (yield* ReleaseTargets).record
    return yield* Effect.provide(use, context)
  }).pipe(Effect.scoped)

/** Newest first, with the steps of the newest. */
export const lastReleases = (environment: string, count: number) =>
  inRecord(Effect.gen(function*() {
    const releases = yield* Releases
    const found = yield* releases.list(Option.some(environment), count)
    const [newest] = found
    return { releases: found, steps: newest === undefined ? [] : yield* releases.steps(newest.releaseId) }
  }))

/** The release it was asked of; undefined if none is under way. */
export const askOfRelease = (environment: string, request: ReleaseRequest | null, by: By) =>
  inRecord(Effect.gen(function*() {
    const releases = yield* Releases
    const [newest] = yield* releases.list(Option.some(environment), 1)
    return newest !== undefined && (yield* releases.ask(newest.releaseId, request, by)) ? newest : undefined
  }))
