/** The facts of a production in which every check passes. */
import { DateTime, Result } from "effect"
import type { Facts, RouteAnswer } from "../../../src/deploy/validate/Facts.ts"
import { WorkerId } from "../../../src/domain/Ids.ts"
import { securityHeaders } from "../../../src/policy/securityHeaders.ts"
import { anInspection } from "./anInspection.ts"
import { anOutcome, someFacts } from "./someFacts.ts"

export const productionRelease = "0.1.0+abc1234"

const now = DateTime.makeUnsafe("2026-11-28T12:00:00Z")
const worker = WorkerId.make("5b0f3d3e-3c55-4a0c-8f0a-5d7b8f1f2a11")
export const anotherWorker = WorkerId.make("5b0f3d3e-3c55-4a0c-8f0a-5d7b8f1f2a12")

const refused: RouteAnswer = {
  route: "GET /api/v1/jobs",
  status: 401,
  allowed: [401],
  mediaType: "application/problem+json"
}

export const productionFacts: Facts = {
  now,
  from: "api",
  url: new URL("https://api.accessa.example"),
  release: undefined,
  ofApi: Result.succeed(anInspection()),
  ofWorker: Result.succeed(anInspection({ place: "worker", workerId: worker })),
  workers: Result.succeed([
    { id: worker, state: "running", version: productionRelease },
    { id: anotherWorker, state: "running", version: productionRelease }
  ]),
  reached: Result.succeed({
    name: "api",
    host: "api.accessa.example",
    port: 443,
    protocol: "tls",
    ipv4: { ok: true, said: "connected" },
    ipv6: null,
    certificate: { trusted: true, said: "trusted", validTo: DateTime.makeUnsafe("2027-02-01T00:00:00Z") }
  }),
  ready: Result.succeed([{ name: "database", ok: true, detail: "It responds." }]),
  contract: Result.succeed({ routes: 70, faults: [] }),
  withoutKey: Result.succeed([refused]),
  withKey: Result.succeed([{ ...refused, status: 200, allowed: [200, 401], mediaType: "application/json" }]),
  headers: Result.succeed({ ...securityHeaders, "strict-transport-security": "max-age=15552000" }),
  origins: Result.succeed([{ origin: "https://elsewhere.invalid", allowed: "" }]),
  canary: Result.succeed({ document: "guide.md", outcome: anOutcome, workers: [`worker:${worker}`], seconds: 4 }),
  baseline: Result.succeed({ baseline: 1, recordedAt: now, commit: "abc1234", facts: someFacts }),
  signedAddress: Result.succeed({ lastsSeconds: 7_200, status: 200, otherStatus: 400 }),
  keys: Result.succeed([{ name: "dashboard", createdAt: DateTime.makeUnsafe("2026-10-01T00:00:00Z") }]),
  repository: Result.succeed({ files: 1_400, faults: [] }),
  leastSettings: Result.succeed([])
}
