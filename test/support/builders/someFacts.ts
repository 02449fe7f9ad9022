/** The facts of a small stack in which everything is as it should be. */
import type { Facts, Outcome } from "../../../src/deploy/baseline/Baseline.ts"
import { stageNames } from "../../../src/deploy/baseline/stages.ts"
import { baselineRounds } from "../../../src/policy/baseline.ts"

export const anOutcome: Outcome = {
  status: "complete",
  reason: "",
  chunker: "markdown-structure@1",
  parsedSha256: "aaaa",
  contentSha256: "bbbb",
  chunks: 7,
  chunksSha256: "cccc",
  idsFollowRule: true,
  embedModel: "text-embedding-3-small",
  embedVersion: "1",
  dimensions: 1536,
  failedChecks: [],
  pages: 2,
  characters: 3_500
}

/** Every stage takes 100 ms, and up to a tenth more. */
export const someRounds = (slower: Readonly<Record<string, number>> = {}, rounds = baselineRounds): Facts["rounds"] =>
  Array.from({ length: rounds }, (_, round) => ({
    controlMs: 3 + (round % 3) / 10,
    stagesMs: Object.fromEntries(stageNames.map((stage) => [stage, (100 + (round * 7) % 10) * (slower[stage] ?? 1)])),
    tokens: 1_143
  }))

export const someFacts: Facts = {
  environment: "local",
  version: "0.1.0+4be91c2",
  node: "v24.21.0",
  postgres: "15.20",
  pgvector: "0.8.0",
  migration: 19,
  objects: {
    "table upload_jobs": "1",
    "column upload_jobs.status": "2",
    "index idx_upload_jobs_correlation": "3",
    "policy own ON upload_jobs": "4",
    "function accessa_events_since": "5"
  },
  settings: {
    OPENAI_API_KEY: "secret",
    OPENAI_API_URL: "address on this machine",
    CHUNKER: "unset",
    API_PORT: "unset"
  },
  nearMisses: [],
  routes: { "GET /api/v1/jobs": "1", "POST /api/v1/documents": "2" },
  workers: [{ version: "0.1.0+4be91c2", state: "running" }],
  documents: [
    { name: "guide.md", sha256: "1111", outcomes: [anOutcome] },
    { name: "letter.txt", sha256: "2222", outcomes: [{ ...anOutcome, parsedSha256: "dddd" }] }
  ],
  rounds: someRounds()
}

/** What all documents became, changed. */
export const withOutcome = (change: Partial<Outcome>): Facts => ({
  ...someFacts,
  documents: someFacts.documents.map((document) => ({
    ...document,
    outcomes: document.outcomes.map((outcome) => ({ ...outcome, ...change }))
  }))
})
