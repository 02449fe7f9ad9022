/** A release that was rolled back, as the record has it. */
import { DateTime, Effect, Layer, Option } from "effect"
import { Releases } from "../../../services/Releases.ts"
import { type Release, ReleaseId, type ReleaseStep } from "../../../src/domain/Release.ts"

export const releaseId = ReleaseId.make("7c2b9f0e-3d1a-4c5b-8e6f-0a1b2c3d4e5f")

const release: Release = {
  releaseId,
  environment: "staging",
  version: "4be91c2",
  startedBy: "person:ops",
  startedAt: DateTime.makeUnsafe("2026-11-28T09:00:00Z"),
  before: {
    migration: 28,
    services: [{
      name: "base-worker",
      version: "3ad80b1",
      deployment: "d1",
      replicas: 2,
      autodeploy: false,
      settings: ["PARSER"]
    }]
  },
  request: null,
  requestReason: null,
  outcome: "rolled_back",
  endedAt: DateTime.makeUnsafe("2026-11-28T09:12:00Z"),
  reason: "rollout.25 failed",
  held: false
}

const step: ReleaseStep = {
  step: "rollout.25",
  verdict: "fail",
  checks: [{ check: "failures", verdict: "fail", found: "9 of 40 documents failed, 99 % interval 8 to 44 %" }],
  endedAt: DateTime.makeUnsafe("2026-11-28T09:10:00Z")
}

export const ReleasesStub = Layer.mock(Releases, {
  list: (environment) => Effect.succeed(Option.getOrElse(environment, () => "staging") === "staging" ? [release] : []),
  find: (id) => Effect.succeed(id === releaseId ? Option.some(release) : Option.none()),
  steps: () => Effect.succeed([step])
})
