/** A deployment of one version to one environment: its steps, what was there before, and how it ended. */
import { Schema } from "effect"
import { AnyCase } from "./Ids.ts"
import { nullFirst } from "./nullFirst.ts"

export const ReleaseId = AnyCase.pipe(Schema.brand("ReleaseId"))
export type ReleaseId = typeof ReleaseId.Type

/** Percent of the documents that the new version gets, step by step. */
const rolloutShares = [5, 25, 100] as const
export type RolloutShare = typeof rolloutShares[number]

/** Towards the new version, in their order. */
export const forwardSteps = [
  "validate",
  "freeze",
  "migrate",
  "canary",
  "rollout.5",
  "rollout.25",
  "rollout.100",
  "deploy",
  "verify",
  "smoke",
  "watch",
  "promote"
] as const
export type ForwardStep = typeof forwardSteps[number]

/** In their order. The steps back only run if an earlier step fails, or if a person asks for them. */
export const ReleaseStepName = Schema.Literals([
  ...forwardSteps,
  "rollback.freeze",
  "rollback.settings",
  "rollback.services",
  "rollback.verify"
])
export type ReleaseStepName = typeof ReleaseStepName.Type

export const ReleaseVerdict = Schema.Literals(["pass", "fail", "inconclusive"])

export const ReleaseCheck = Schema.Struct({ check: Schema.String, verdict: ReleaseVerdict, found: Schema.String })
export type ReleaseCheck = typeof ReleaseCheck.Type

export const ReleaseStep = Schema.Struct({
  step: ReleaseStepName,
  verdict: ReleaseVerdict,
  checks: Schema.Array(ReleaseCheck),
  endedAt: Schema.DateTimeUtcFromDate
})
export type ReleaseStep = typeof ReleaseStep.Type

/** What a rollback restores. Values of settings are never included: the platform keeps them. */
export const Before = Schema.Struct({
  /** The highest applied migration. */
  migration: Schema.Int,
  services: Schema.Array(Schema.Struct({
    name: Schema.String,
    version: Schema.String,
    deployment: Schema.String,
    replicas: Schema.Int,
    autodeploy: Schema.Boolean,
    settings: Schema.Array(Schema.String)
  }))
})
export type Before = typeof Before.Type

export const ReleaseOutcome = Schema.Literals(["promoted", "rolled_back", "needs_a_person"])
export type ReleaseOutcome = typeof ReleaseOutcome.Type

/** What a person asked of a release under way. */
export const ReleaseRequest = Schema.Literals(["hold", "promote", "rollback"])
export type ReleaseRequest = typeof ReleaseRequest.Type

export const Release = Schema.Struct({
  releaseId: ReleaseId,
  environment: Schema.String,
  version: Schema.String,
  startedBy: Schema.String,
  startedAt: Schema.DateTimeUtcFromDate,
  before: Before,
  request: Schema.NullOr(ReleaseRequest),
  requestReason: Schema.NullOr(Schema.String),
  /** Null: under way. */
  outcome: Schema.NullOr(ReleaseOutcome),
  endedAt: nullFirst(Schema.DateTimeUtcFromDate),
  reason: Schema.NullOr(Schema.String),
  /** Whether a command works on it. */
  held: Schema.Boolean
})
export type Release = typeof Release.Type

/** Whether a process that reports this version, such as `0.1.0+4be91c2`, is of the release: a version, or a commit of any length. */
export const isOfRelease = (version: string, release: string): boolean => {
  const commit = version.slice(version.indexOf("+") + 1)
  return version === release ||
    (version.includes("+") && Math.min(commit.length, release.length) >= 7 &&
      (commit.startsWith(release) || release.startsWith(commit)))
}
