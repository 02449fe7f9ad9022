/** A defect that is put into the product on purpose, and the cases that have to notice it. */
export interface Mutation {
  readonly name: string
  readonly edits: ReadonlyArray<Edit>
  /** Ids of faults (`F5a`) and attacks (`A13`), or files of tests (`test/….test.ts`). */
  readonly cases: ReadonlyArray<string>
}

/** The text must stand in the file exactly once. */
export interface Edit {
  readonly file: string
  readonly from: string
  readonly to: string
}

export const mutations: ReadonlyArray<Mutation> = [
  {
    name: "a move does not look at the fence",
    edits: [{
      file: "layers/Database/moveJobs.ts",
      from: "AND j.status = w.from_status AND j.fence = w.fence AND j.lease_owner IS NOT NULL",
      to: "AND j.status = w.from_status"
    }],
    cases: ["F5a"]
  },
  {
    name: "the receipt's checks are skipped",
    edits: [{
      file: "layers/JobQueue/completeJobs.ts",
      from: "WHERE j.job_id = r.job_id AND r.receipt->'failed_checks' = '[]'",
      to: "WHERE j.job_id = r.job_id"
    }],
    cases: ["I2"]
  },
  {
    name: "any signature of a callback is good",
    edits: [{ file: "src/http/webhooks.ts", from: "if (!isSigned) return", to: "if (false) return" }],
    cases: ["F28"]
  },
  {
    name: "any address of a callback is good",
    edits: [{
      file: "src/http/webhooks.ts",
      from: "if (!isCallbackSignature(webhookSecrets, params.job_id, query.sig ?? \"\")) {",
      to: "if (false) {"
    }],
    cases: ["F28"]
  },
  {
    name: "the sweep takes jobs away whose lease still runs",
    edits: [{
      file: "layers/JobQueue/rescueJobs.ts",
      from: "WHERE lease_until < now()",
      to: "WHERE lease_until IS NOT NULL"
    }],
    cases: ["F11"]
  },
  {
    name: "the sweep takes no job away",
    edits: [{
      file: "layers/JobQueue/rescueJobs.ts",
      from: "WHERE lease_until < now()",
      to: "WHERE lease_until < now() - interval '1 day'"
    }],
    cases: ["F2a"]
  },
  {
    name: "the embedding provider is called inside a transaction",
    edits: [
      {
        file: "src/stages/buyVectors.ts",
        from: "import { Effect, Exit } from \"effect\"",
        to: "import { Effect, Exit } from \"effect\"\nimport { SqlClient } from \"effect/sql\""
      },
      {
        file: "src/stages/buyVectors.ts",
        from: "  const breakers = yield* Breakers\n",
        to: "  const breakers = yield* Breakers\n  const sql = yield* SqlClient.SqlClient\n"
      },
      {
        file: "src/stages/buyVectors.ts",
        from: "breakers.guard(\"embedder\", embedder.embed(texts))",
        to:
          "sql.withTransaction(sql`SELECT 1`.pipe(Effect.andThen(breakers.guard(\"embedder\", embedder.embed(texts)))))"
      }
    ],
    cases: ["I6"]
  },
  {
    name: "what is bought already is bought again",
    edits: [{ file: "layers/Vectors/Sql.ts", from: "WHERE v.chunk_id IS NULL", to: "WHERE true" }],
    cases: ["F2a"]
  },
  {
    name: "a stored call counts as lost too",
    edits: [{
      file: "layers/Vectors/storeVectors.ts",
      from: "CASE WHEN held.job_id IS NULL THEN 'lost' ELSE 'paid' END",
      to: "'lost'"
    }],
    cases: ["F3"]
  },
  {
    name: "a stale worker's vectors are stored",
    edits: [{
      file: "layers/Vectors/storeVectors.ts",
      from: "JOIN shares s USING (job_id, fence)",
      to: "JOIN shares s USING (job_id)"
    }],
    cases: ["F5b"]
  },
  {
    name: "two workers may claim one job",
    edits: [{
      file: "layers/JobQueue/claimJobs.ts",
      from: "j.run_at <= now()\n        FOR UPDATE SKIP LOCKED",
      to: "j.run_at <= now()"
    }],
    cases: ["F10"]
  },
  {
    name: "a worker that stops keeps its jobs",
    edits: [{
      file: "layers/JobQueue/releaseJobs.ts",
      from: "WHERE lease_owner = ${worker}",
      to: "WHERE lease_owner = ${worker} AND false"
    }],
    cases: ["F4"]
  },
  {
    name: "a user may be set to later while somebody makes a job of theirs due",
    edits: [{
      file: "migrations/0013_turns_and_retention.ts",
      from: "IN (SELECT user_id FROM wanted) FOR KEY SHARE",
      to: "IN (SELECT user_id FROM wanted)"
    }],
    cases: ["test/layers/JobQueue/turns.test.ts"]
  },
  {
    name: "a claim takes users for waiting whose jobs are not due",
    edits: [{
      file: "layers/JobQueue/heads.ts",
      from: "SELECT * FROM heads WHERE run_at <= now() ORDER BY",
      to: "SELECT * FROM heads ORDER BY"
    }],
    cases: ["test/layers/JobQueue/claimJobs.test.ts"]
  },
  {
    name: "a list may sort the user's whole history",
    edits: [{
      file: "layers/Jobs/listJobs.ts",
      from: "if (documentId === undefined) yield* sql`SET LOCAL enable_sort = off`",
      to: ""
    }],
    cases: ["A10"]
  },
  {
    name: "a filter looks through all jobs of the user",
    edits: [{
      file: "src/policy/lists.ts",
      from: "export const jobsLookedThrough = 3_000",
      to: "export const jobsLookedThrough = 3_000_000"
    }],
    cases: ["A10"]
  },
  {
    name: "receipts of callbacks are found by reading all of them",
    edits: [{
      file: "migrations/0013_turns_and_retention.ts",
      from: "  yield* sql`CREATE INDEX webhook_receipts_by_job ON webhook_receipts (job_id)`\n",
      to: ""
    }],
    cases: ["A19"]
  },
  {
    name: "nothing old is removed",
    edits: [{ file: "src/bin/workerLayer.ts", from: "    Layer.merge(Pruning(kept)),\n", to: "" }],
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
