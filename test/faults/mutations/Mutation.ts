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
    name: "one user may have as much under way as all together",
    edits: [{
      file: "src/http/AtOnce.ts",
      from: "if (user !== undefined && own >= bounds[ofUser]) return \"user\"",
      to: ""
    }],
    cases: ["A7", "test/http/bounds.test.ts"]
  },
  {
    name: "whether there is room for a file is not asked",
    edits: [{
      file: "layers/Documents/acceptDocuments.ts",
      from: "FROM known JOIN fitting USING (job_id) WHERE fits",
      to: "FROM known JOIN fitting USING (job_id)"
    }],
    cases: ["A24b"]
  },
  {
    name: "uploads are announced beyond the limit",
    edits: [{ file: "layers/Uploads/Sql.ts", from: "FROM used WHERE outcome = 'opened'", to: "FROM used" }],
    cases: ["A24a"]
  },
  {
    name: "deliveries wait without a limit",
    edits: [{
      file: "migrations/0012_bounds.ts",
      from: "OFFSET coalesce(nullif(current_setting('accessa.deliveries_waiting', true), '')::int, 1000) - 1 LIMIT 1",
      to: "OFFSET 1000000 LIMIT 1"
    }],
    cases: ["A24d"]
  },
  {
    name: "quotes have the rate of searches",
    edits: [{ file: "src/policy/rates.ts", from: "\"quotes.make\": \"quote\"", to: "\"quotes.make\": \"search\"" }],
    cases: ["test/http/bounds.test.ts"]
  },
  {
    name: "the documentation is sent as it is",
    edits: [{
      file: "src/http/documentation.ts",
      from: "packings.find((each) => accepts(request.headers[\"accept-encoding\"] ?? \"\", each))",
      to: "packings.find(() => false)"
    }],
    cases: ["A33"]
  },
  {
    name: "the rate limiter forgets nobody",
    edits: [{
      file: "src/http/rateStore.ts",
      from: "if (++taken % sweepEvery === 0) sweep(now)",
      to: "if (++taken < 0) sweep(now)"
    }],
    cases: ["test/http/rateStore.test.ts"]
  }
]
