/** All that the checks judge. What could not be seen has a sentence that says why. */
import type { DateTime, Result } from "effect"
import type { ReadinessCheck } from "../../api/health.ts"
import type { Inspection, InspectionPlace, Reached } from "../../domain/Inspection.ts"
import type { Baseline, Outcome } from "../baseline/Baseline.ts"

export type Seen<A> = Result.Result<A, string>

export interface RouteAnswer {
  readonly route: string
  readonly status: number
  /** Those that the contract names. */
  readonly allowed: ReadonlyArray<number>
  readonly mediaType: string
}

export interface Canary {
  readonly document: string
  readonly outcome: Outcome
  /** `worker:<id>` of all that moved it. */
  readonly workers: ReadonlyArray<string>
  readonly seconds: number
}

/** Of an announced upload that is never completed. */
export interface SignedAddress {
  /** From now until its end. */
  readonly lastsSeconds: number
  /** What a PUT of the bytes was answered, at the address as given and at that of another user's file. */
  readonly status: number
  readonly otherStatus: number
}

export interface Facts {
  readonly now: DateTime.Utc
  /** The process whose view of database, storage and providers is judged. */
  readonly from: InspectionPlace
  readonly url: URL
  /** The release that should be deployed, if it was named. */
  readonly release: string | undefined
  readonly ofApi: Seen<Inspection>
  readonly ofWorker: Seen<Inspection>
  /** Those that have not stopped. */
  readonly workers: Seen<ReadonlyArray<{ readonly id: string; readonly state: string; readonly version: string }>>
  readonly reached: Seen<Reached>
  readonly ready: Seen<ReadonlyArray<ReadinessCheck>>
  /** How the contract that the API serves differs from this release's. */
  readonly contract: Seen<{ readonly routes: number; readonly faults: ReadonlyArray<string> }>
  readonly withoutKey: Seen<ReadonlyArray<RouteAnswer>>
  readonly withKey: Seen<ReadonlyArray<RouteAnswer>>
  readonly headers: Seen<Readonly<Record<string, string>>>
  /** What pages of other origins are allowed. */
  readonly origins: Seen<ReadonlyArray<{ readonly origin: string; readonly allowed: string }>>
  readonly canary: Seen<Canary>
  readonly baseline: Seen<Baseline>
  readonly signedAddress: Seen<SignedAddress>
  /** API keys that are valid. */
  readonly keys: Seen<ReadonlyArray<{ readonly name: string; readonly createdAt: DateTime.Utc }>>
  /** Secrets in files of the repository. */
  readonly repository: Seen<{ readonly files: number; readonly faults: ReadonlyArray<string> }>
  /** Why this release does not start with the required settings alone. */
  readonly leastSettings: Seen<ReadonlyArray<string>>
}

/** Facts that take effort to gather. */
export type FactName = Exclude<keyof Facts, "now" | "from" | "url" | "release">
