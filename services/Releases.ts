/** The record of deployments: at most one is under way in an environment, and one command works on it. */
import { Context, Data, type DateTime, type Duration, type Effect, type Option } from "effect"
import type { DocumentId } from "../src/domain/Ids.ts"
import type { JobStatus } from "../src/domain/JobStatus.ts"
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
  /** Another command works on it, or it deploys another version. */
  Refused: { readonly release: Release }
}>
export const Begun = Data.taggedEnum<Begun>()

export interface NewRelease {
  readonly environment: string
  readonly version: string
  readonly before: Before
  readonly by: By
}

export interface ClaimShare {
  readonly percent: number
  /** The version's workers claim all jobs of these documents. */
  readonly documents: ReadonlyArray<DocumentId>
}

/** A job that only workers of the release, or only others, have run. */
export interface ObservedJob {
  /** Whether they are of the release. */
  readonly isNew: boolean
  readonly status: JobStatus
  /** Whether something failed on the way, also if a later attempt succeeded. */
  readonly troubled: boolean
  readonly history: ReadonlyArray<{ readonly toStatus: JobStatus; readonly createdAt: DateTime.Utc }>
}

export class Releases extends Context.Service<Releases, {
  /** Begins a release, or resumes the same one after its command has died; the record of the state before stays as first written. */
  readonly begin: (release: NewRelease, lease: Duration.Duration) => Effect.Effect<Begun, ServiceError>
  /** False if another command has taken it over. */
  readonly renew: (held: HeldRelease, lease: Duration.Duration) => Effect.Effect<boolean, ServiceError>
  /** Lets the next command continue at once. */
  readonly letGo: (held: HeldRelease) => Effect.Effect<void, ServiceError>
  /** Records the end of a step; false if another command has taken the release over. */
  readonly record: (
    held: HeldRelease,
    step: ReleaseStepName,
    result: Pick<ReleaseStep, "verdict" | "checks">
  ) => Effect.Effect<boolean, ServiceError>
  /** None: every worker claims every job again. False if another command has taken the release over. */
  readonly share: (held: HeldRelease, share: Option.Option<ClaimShare>) => Effect.Effect<boolean, ServiceError>
  /** The latest jobs begun since then. */
  readonly observe: (held: HeldRelease, since: DateTime.Utc) => Effect.Effect<ReadonlyArray<ObservedJob>, ServiceError>
  /** How many workers of the version started since then and fell silent without announcing that they stop. */
  readonly lostWorkers: (held: HeldRelease, since: DateTime.Utc) => Effect.Effect<number, ServiceError>
  /** Records the outcome; false if another command has taken the release over. */
  readonly end: (
    held: HeldRelease,
    outcome: ReleaseOutcome,
    reason: string,
    by: By
  ) => Effect.Effect<boolean, ServiceError>
  /** Null withdraws an earlier request. False if the release has ended. */
  readonly ask: (id: ReleaseId, request: ReleaseRequest | null, by: By) => Effect.Effect<boolean, ServiceError>
  readonly find: (id: ReleaseId) => Effect.Effect<Option.Option<Release>, ServiceError>
  /** Newest first; none: of every environment. */
  readonly list: (
    environment: Option.Option<string>,
    limit: number
  ) => Effect.Effect<ReadonlyArray<Release>, ServiceError>
  /** In the order in which they ended. */
  readonly steps: (id: ReleaseId) => Effect.Effect<ReadonlyArray<ReleaseStep>, ServiceError>
}>()("accessa/services/Releases") {}
