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
    name: "the type of a file is told by an expression that tries every way to read its comments",
    edits: [{
      file: "src/domain/mediaType.ts",
      from: "opensAsHtml(latin1(sample.subarray(0, 4096)))",
      to: String.raw`/^\s*(?:<!--[\s\S]*?-->\s*)*<html/i.test(latin1(sample.subarray(0, 4096)))`
    }],
    cases: ["A1"]
  },
  {
    name: "accents on one letter are put in order however many there are",
    edits: [{ file: "src/domain/text.ts", from: "text.replace(heaps, \"$1\")", to: "text" }],
    cases: ["A1a"]
  },
  {
    name: "a heading is cut inside a character",
    edits: [{
      file: "src/chunking/Line.ts",
      from: "Math.min(end, cutAt(text, from + 400, from))",
      to: "Math.min(end, from + 400)"
    }],
    cases: ["test/chunking/markdownStructure.test.ts"]
  },
  {
    name: "any number of long documents is parsed where the short ones are",
    edits: [{
      file: "layers/DocumentParser/local/ParsePool.ts",
      from: "const [short, long] = [makeTurns(), makeTurns()]",
      to: "const short = makeTurns()\n  const long = short"
    }],
    cases: ["A11"]
  },
  {
    name: "a vendor's sentence is cut inside a character",
    edits: [{
      file: "src/domain/text.ts",
      from: "return fit.slice(0, cutAt(fit, most, 0)).toWellFormed()",
      to: "return fit.slice(0, most)"
    }],
    cases: ["A15a"]
  },
  {
    name: "a provider's Retry-After is obeyed however long it is",
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
    name: "spaces around line breaks are found by an expression that looks at each one anew",
    edits: [{
      file: "layers/DocumentParser/local/htmlTree.ts",
      from: ".split(\"\\n\").map(withoutEnds).join(\"\\n\")",
      to: String.raw`.replaceAll(/[ \u00a0]*\n[ \u00a0]*/g, "\n")`
    }],
    cases: ["A23"]
  },
  {
    name: "a key may be named with U+0000",
    edits: [{ file: "src/http/AccessView.ts", from: "name: TrimmedText.check(", to: "name: Schema.Trim.check(" }],
    cases: ["A34"]
  },
  {
    name: "what a provider says to a call with several users' texts is passed on",
    edits: [{ file: "layers/Embedder/OpenAI.ts", from: "texts.length > 1 ? \"\" : ", to: "" }],
    cases: ["test/layers/Embedder/OpenAI.test.ts"]
  }
]
