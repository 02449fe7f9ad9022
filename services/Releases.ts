/** The record of deployments: at most one is under way in an environment, and one command works at it. */
import { Context, Data, type Duration, type Effect, type Option } from "effect"
import type { By } from "../src/domain/Principal.ts"
import type {
  Before,
  Release,
  ReleaseId,
  ReleaseOutcome,
  ReleaseRequest,
  ReleaseStep,
  ReleaseStepName
} from "../src/domain/Release.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

/** Another command with a newer fence may have taken the release over: writes with this one then change nothing. */
export interface HeldRelease {
  readonly release: Release
  readonly fence: number
}

export type Begun = Data.TaggedEnum<{
  Held: { readonly held: HeldRelease }
  /** Another command works at it, or it deploys another version. */
  Refused: { readonly release: Release }
}>
export const Begun = Data.taggedEnum<Begun>()

export interface NewRelease {
  readonly environment: string
  readonly version: string
  readonly before: Before
  readonly by: By
}

export class Releases extends Context.Service<Releases, {
  /** Begins a release, or goes on with the same one after its command has died; what was there before stays as first recorded. */
  readonly begin: (release: NewRelease, lease: Duration.Duration) => Effect.Effect<Begun, ServiceError>
  /** False if another command has taken it over. */
  readonly renew: (held: HeldRelease, lease: Duration.Duration) => Effect.Effect<boolean, ServiceError>
  /** Lets the next command go on at once. */
  readonly letGo: (held: HeldRelease) => Effect.Effect<void, ServiceError>
  /** Records the end of a step; false if another command has taken the release over. */
  readonly record: (
    held: HeldRelease,
    step: ReleaseStepName,
    result: Pick<ReleaseStep, "verdict" | "checks">
  ) => Effect.Effect<boolean, ServiceError>
  readonly end: (
    held: HeldRelease,
    outcome: ReleaseOutcome,
    reason: string,
    by: By
  ) => Effect.Effect<boolean, ServiceError>
  /** Null takes an earlier request back. False if the release has ended. */
  readonly ask: (id: ReleaseId, request: ReleaseRequest | null, by: By) => Effect.Effect<boolean, ServiceError>
  readonly find: (id: ReleaseId) => Effect.Effect<Option.Option<Release>, ServiceError>
  /** Newest first. */
  readonly list: (environment: string, limit: number) => Effect.Effect<ReadonlyArray<Release>, ServiceError>
  readonly steps: (id: ReleaseId) => Effect.Effect<ReadonlyArray<ReleaseStep>, ServiceError>
}>()("accessa/services/Releases") {}
