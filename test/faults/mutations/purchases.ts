/** Defects in how vectors are bought, shared and stored. */
import type { Mutation } from "./Mutation.ts"

export const purchases: ReadonlyArray<Mutation> = [
  {
    name: "the embedding provider is called inside a transaction",
    edits: [
      {
        file: "src/purchases/Purchases.ts",
        from: "from \"effect\"\n",
        to: "from \"effect\"\nimport { SqlClient } from \"effect/sql\"\n"
      },
      {
        file: "src/purchases/Purchases.ts",
        from: "  const embedder = yield* Embedder\n",
        to: "  const embedder = yield* Embedder\n  const sql = yield* SqlClient.SqlClient\n"
      },
      {
        file: "src/purchases/Purchases.ts",
        from: "restore(embedder.embed(texts))",
        // `orDie` only makes the mutated code type-check: the SQL error is not in the signature of this function.
        to:
          "restore(Effect.flatMap(Effect.orDie(sql.withTransaction(sql`SELECT 1`.pipe(Effect.andThen(Effect.result(embedder.embed(texts)))))), Effect.fromResult))"
      }
    ],
    cases: ["I6"]
  },
  {
    name: "vectors that were bought are bought again",
    edits: [{ file: "layers/Postgres/vectors/Vectors.ts", from: "WHERE v.chunk_id IS NULL", to: "WHERE true" }],
    cases: ["F2a"]
  },
  {
    name: "a stored call also counts as lost",
    edits: [{
      file: "layers/Postgres/vectors/storeVectors.ts",
      from: "CASE WHEN held.job_id IS NULL THEN 'lost' ELSE 'paid' END",
      to: "'lost'"
    }],
    cases: ["F3"]
  },
  {
    name: "a stale worker's vectors are stored",
    edits: [{
      file: "layers/Postgres/vectors/storeVectors.ts",
      from: "JOIN shares s USING (job_id, fence)",
      to: "JOIN shares s USING (job_id)"
    }],
    cases: ["F5b"]
  },
  {
    name: "a statement that fails for one document fails for all documents in it",
    edits: [{
      file: "layers/shared/coalesce.ts",
      from: "if (requests.length === 1 || affectsAll(exit.cause)) {",
      to: "if (true) {"
    }],
    cases: ["test/pipeline/neighbours.test.ts"]
  },
  {
    name: "a document's failure trips the circuit without a probe",
    edits: [{
      file: "src/purchases/CircuitBreakers.ts",
      from: "const found = yield* ask(dependency)",
      to: "const found = { error: failure, generation }"
    }],
    cases: ["test/purchases/CircuitBreakers.test.ts"]
  },
  {
    name: "a call admitted before a reset is evidence against the circuit after it",
    edits: [{
      file: "src/purchases/CircuitBreakers.ts",
      from: "if (state === \"closed\" && isEvidence && !(yield* isWell(dependency))) {",
      to: "if (state === \"closed\" && !(yield* isWell(dependency))) {"
    }],
    cases: ["test/purchases/CircuitBreakers.test.ts"]
  },
  {
    name: "a late probe result opens a circuit that was reset meanwhile",
    edits: [{
      file: "layers/Postgres/circuits/openCircuit.ts",
      from: " AND circuit.generation = ${generation}",
      to: ""
    }],
    cases: ["test/layers/Postgres/circuits/Circuits.test.ts", "test/contract/Circuits.test.ts"]
  },
  {
    name: "a refused text is not isolated from the others of its request",
    edits: [{
      file: "src/purchases/buyVectors.ts",
      from: "else if (users.length > 1 && found === \"text\") next",
      to: "else if (false) next"
    }, {
      file: "src/purchases/buyVectors.ts",
      from: "if (found === \"text\" && !single(going)) suspects",
      to: "if (false) suspects"
    }],
    cases: ["test/pipeline/neighbours.test.ts"]
  },
  {
    name: "incomplete requests are sent however many are under way",
    edits: [{
      file: "src/stages/vectors/EmbeddingBatches.ts",
      from: "if (underWay >= embeddingBatch.concurrency)",
      to: "if (underWay > embeddingBatch.complete)"
    }],
    cases: ["test/stages/vectors/EmbeddingBatches.test.ts"]
  },
  {
    name: "an incomplete request waits for no other job of the worker",
    edits: [{
      file: "src/stages/vectors/EmbeddingBatches.ts",
      from: "underWay === 0 && expected.size === 0",
      to: "underWay === 0"
    }],
    cases: ["test/stages/vectors/EmbeddingBatches.test.ts"]
  },
  {
    name: "a user who disrupts shared requests continues to share them",
    edits: [{
      file: "src/purchases/buyVectors.ts",
      from: "if (found === \"text\" || (found === \"unknown\" && users.length > 1)) yield* setApart(users)",
      to: "if (found === \"text\") yield* setApart(users)"
    }],
    cases: ["test/stages/vectors/EmbeddingBatches.test.ts"]
  },
  {
    name: "a rate limit hit by one user's text makes all users wait",
    edits: [{
      file: "src/purchases/buyVectors.ts",
      from: "if (splits-- > 0) next",
      to: "if (false) next"
    }],
    cases: ["test/stages/vectors/EmbeddingBatches.test.ts"]
  },
  {
    name: "the search for rate-limited users ends before all of them are found",
    edits: [{
      file: "src/purchases/buyVectors.ts",
      from: "if (going.length > 0) splits += tenantSplitsAtMost",
      to: ""
    }],
    cases: ["test/stages/vectors/EmbeddingBatches.test.ts"]
  },
  {
    name: "if one document's vectors cannot be stored, the whole request's vectors are lost",
    edits: [{ file: "src/purchases/storeBought.ts", from: "order.shares.length > 1 && !isShared", to: "false" }],
    cases: ["test/stages/vectors/EmbeddingBatches.test.ts"]
  },
  {
    name: "a user without a budget has no limit",
    edits: [{
      file: "layers/Postgres/vectors/spending.ts",
      from: "THEN ${byDefault}::float8 END",
      to: "THEN nullif(${byDefault}::float8, ${byDefault}::float8) END"
    }],
    cases: ["A22a"]
  },
  {
    name: "a provider's rate limit uses up attempts",
    edits: [{
      file: "src/stages/runStage.ts",
      from: "errorCodes[error.code].circuit === \"rate\" ? slowDown(run, error) : retryLater(run, error)",
      to: "retryLater(run, error)"
    }],
    cases: ["test/stages/runStage.test.ts"]
  },
  {
    name: "a page that the parser may have cut is taken for whole",
    edits: [{
      file: "layers/DocumentParser/LlamaParse.ts",
      from: "[...leftOut, ...cutPages(full, markdown, request)]",
      to: "leftOut"
    }],
    cases: ["test/layers/DocumentParser/LlamaParse.test.ts"]
  },
  {
    name: "a provider's Retry-After is obeyed without a limit",
    edits: [
      {
        file: "src/policy/retries.ts",
        from: "Duration.min(longestWish, Duration.millis(milliseconds))",
        to: "Duration.millis(milliseconds)"
      },
      { file: "src/policy/retries.ts", from: "Duration.min(longestWish, retryAfter)", to: "retryAfter" }
    ],
    cases: ["A15b"]
  },
  {
    name: "a provider's message about a call with several users' texts is passed on",
    edits: [{ file: "layers/Embedder/toServiceError.ts", from: "texts.length > 1 ? \"\" : ", to: "" }],
    cases: ["test/layers/Embedder/OpenAI.test.ts"]
  }
]
