/** Defects in limits on work, queues and history. */
import type { Mutation } from "./Mutation.ts"

export const bounds: ReadonlyArray<Mutation> = [
  {
    name: "one user may have as much under way as all users together",
    edits: [{
      file: "src/http/server/AtOnce.ts",
      from: "if (user !== undefined && own >= bounds[ofUser]) return \"user\"",
      to: ""
    }],
    cases: ["A7", "test/policy/bounds.test.ts"]
  },
  {
    name: "waiting deliveries have no limit",
    edits: [{
      file: "migrations/0012_bounds.ts",
      from: "OFFSET coalesce(nullif(current_setting('accessa.deliveries_waiting', true), '')::int, 1000) - 1 LIMIT 1",
      to: "OFFSET 1000000 LIMIT 1"
    }],
    cases: ["A24d"]
  },
  {
    name: "quotes have the rate limit of searches",
    edits: [{
      file: "src/api/quotes.ts",
      from: "RateLimit,\n      \"quote\"",
      to: "RateLimit,\n      \"search\""
    }],
    cases: ["test/policy/bounds.test.ts"]
  },
  {
    name: "the documentation is sent uncompressed",
    edits: [{
      file: "src/http/server/documentation.ts",
      from: "packings.find((each) => accepts(request.headers[\"accept-encoding\"] ?? \"\", each))",
      to: "packings.find(() => false)"
    }],
    cases: ["A33"]
  },
  {
    name: "the rate limiter never forgets a caller",
    edits: [{
      file: "src/http/server/rateStore.ts",
      from: "if (++taken % sweepEvery === 0) sweep(now)",
      to: "if (++taken < 0) sweep(now)"
    }],
    cases: ["test/http/server/rateStore.test.ts"]
  },
  {
    name: "a claim postpones a user's turn although a job of theirs has just become due",
    edits: [{
      file: "migrations/0013_turns_and_retention.ts",
      from: "IN (SELECT user_id FROM wanted) FOR KEY SHARE",
      to: "IN (SELECT user_id FROM wanted)"
    }],
    cases: ["test/layers/Postgres/jobs/turns.test.ts"]
  },
  {
    name: "a filter scans all jobs of the user",
    edits: [{
      file: "src/policy/lists.ts",
      from: "export const jobsLookedThrough = 3_000",
      to: "export const jobsLookedThrough = 3_000_000"
    }],
    cases: ["A10"]
  },
  {
    name: "callback receipts are found by a full scan",
    edits: [{
      file: "migrations/0013_turns_and_retention.ts",
      from: "  yield* sql`CREATE INDEX webhook_receipts_by_job ON webhook_receipts (job_id)`\n",
      to: ""
    }],
    cases: ["A19"]
  },
  {
    name: "expired rows are not removed",
    edits: [{ file: "src/process/workerLayer.ts", from: "    Layer.merge(Pruning(kept)),\n", to: "" }],
    cases: ["A25"]
  },
  {
    name: "the audit log is checked in one statement",
    edits: [{
      file: "src/policy/lists.ts",
      from: "export const auditCheck = { page: 2_000,",
      to: "export const auditCheck = { page: 2_000_000_000,"
    }],
    cases: ["A35"]
  }
]
