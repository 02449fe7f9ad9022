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
      file: "layers/Postgres/jobs/transition.ts",
      from: "AND j.status = h.from_status AND j.fence = h.fence",
      to: "AND j.status = h.from_status"
    }, {
      file: "layers/Postgres/jobs/moveJobs.ts",
      from: "guard: \"j.lease_owner IS NOT NULL\"",
      to: "guard: \"true\""
    }],
    cases: ["F5a"]
  },
  {
    name: "the receipt's checks are skipped",
    edits: [{
      file: "layers/Postgres/jobs/completeJobs.ts",
      from: "WHERE receipt->'failed_checks' = '[]'",
      to: "WHERE true"
    }],
    cases: ["I2"]
  },
  {
    name: "any signature of a callback is good",
    edits: [{ file: "src/http/callbacks.ts", from: "if (!isSigned) return", to: "if (false) return" }],
    cases: ["F28"]
  },
  {
    name: "any address of a callback is good",
    edits: [{
      file: "src/http/callbacks.ts",
      from: "if (!isCallbackSignature(webhookSecrets, params.job_id, query.sig ?? \"\")) {",
      to: "if (false) {"
    }],
    cases: ["F28"]
  },
  {
    name: "the sweep takes jobs away whose lease still runs",
    edits: [{
      file: "layers/Postgres/jobs/rescueJobs.ts",
      from: "WHERE lease_until < now()",
      to: "WHERE lease_until IS NOT NULL"
    }],
    cases: ["F11"]
  },
  {
    name: "the sweep takes no job away",
    edits: [{
      file: "layers/Postgres/jobs/rescueJobs.ts",
      from: "WHERE lease_until < now()",
      to: "WHERE lease_until < now() - interval '1 day'"
    }],
    cases: ["F2a"]
  },
  {
    name: "the embedding provider is called inside a transaction",
    edits: [
      {
        file: "src/purchases/buyVectors.ts",
        from: "import { Effect, Exit } from \"effect\"",
        to: "import { Effect, Exit } from \"effect\"\nimport { SqlClient } from \"effect/sql\""
      },
      {
        file: "src/purchases/buyVectors.ts",
        from: "  const breakers = yield* CircuitBreakers\n",
        to: "  const breakers = yield* CircuitBreakers\n  const sql = yield* SqlClient.SqlClient\n"
      },
      {
        file: "src/purchases/buyVectors.ts",
        from: "breakers.guard(\"embedder\", embedder.embed(texts))",
        to:
          "sql.withTransaction(sql`SELECT 1`.pipe(Effect.andThen(breakers.guard(\"embedder\", embedder.embed(texts)))))"
      }
    ],
    cases: ["I6"]
  },
  {
    name: "what is bought already is bought again",
    edits: [{ file: "layers/Postgres/vectors/Vectors.ts", from: "WHERE v.chunk_id IS NULL", to: "WHERE true" }],
    cases: ["F2a"]
  },
  {
    name: "a stored call counts as lost too",
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
    name: "two workers may claim one job",
    edits: [{
      file: "layers/Postgres/jobs/claimJobs.ts",
      from: "j.run_at <= now()\n        FOR UPDATE SKIP LOCKED",
      to: "j.run_at <= now()"
    }],
    cases: ["F10"]
  },
  {
    name: "an object replaces the one that is there",
    edits: [{
      file: "layers/ObjectStorage/filesystem/fileThread.ts",
      from: "  try {\n    linkSync(draft, target)",
      to: "  try {\n    rmSync(target, { force: true })\n    linkSync(draft, target)"
    }],
    cases: ["test/contract/ObjectStorage.test.ts"]
  },
  {
    name: "uploads of one id share an object",
    edits: [
      {
        file: "src/domain/objectPaths.ts",
        from: "`raw/${user}/${document}-${upload}.${extension}`",
        to: "`raw/${user}/${document}-${upload.slice(0, 0)}.${extension}`"
      },
      {
        file: "layers/ObjectStorage/filesystem/fileThread.ts",
        from: "  try {\n    linkSync(draft, target)",
        to: "  try {\n    rmSync(target, { force: true })\n    linkSync(draft, target)"
      }
    ],
    cases: ["A4"]
  },
  {
    name: "bytes that come late take the place of the upload's",
    edits: [{
      file: "layers/Postgres/documents/Uploads.ts",
      from: "AND state = 'open' AND received_at IS NULL AND complete_by >= now()",
      to: "AND complete_by >= now()"
    }],
    cases: ["A4b"]
  },
  {
    name: "the parser is sent more bytes than were announced",
    edits: [{
      file: "src/stages/parse/parseRequest.ts",
      from: "return bytes > job.bytes ? corrupt(\"size\") : Effect.void",
      to: "return Effect.void"
    }],
    cases: ["test/stages/parse/parse.test.ts"]
  },
  {
    name: "what a late worker writes for a deleted document stays",
    edits: [{
      file: "layers/Postgres/documents/removeDocument.ts",
      from: "SELECT job_id, user_id, document_id, raw_path, parsed_path, fence, provider_job_id FROM upload_jobs\n",
      to: "SELECT job_id, user_id, document_id, raw_path, parsed_path, 0, provider_job_id FROM upload_jobs\n"
    }],
    cases: ["A8"]
  },
  {
    name: "the provider keeps what was deleted here",
    edits: [{
      file: "src/worker/eraseDeleted.ts",
      from: "breakers.guard(\"parser\", parser.forget(id))",
      to: "Effect.succeed(id)"
    }],
    cases: ["A30"]
  },
  {
    name: "an answer is kept although its document was deleted",
    edits: [{
      file: "layers/Postgres/documents/removeDocument.ts",
      from: "UPDATE idempotency_keys SET status = ${goneAnswer}, headers = '{}', body = ''\n",
      to: "UPDATE idempotency_keys SET status = status\n"
    }],
    cases: ["A12"]
  },
  {
    name: "objects that no row names are not swept",
    edits: [{
      file: "src/worker/sweepObjects.ts",
      from: "if (unnamed.length > 0) yield* storage.remove(...unnamed)",
      to: "if (unnamed.length < 0) yield* storage.remove(...unnamed)"
    }],
    cases: ["A21"]
  },
  {
    name: "a user's id is everybody's",
    edits: [{
      file: "layers/Postgres/documents/acceptDocuments.ts",
      from: "WHERE j.document_id = w.document_id AND j.user_id = w.user_id LIMIT 1",
      to: "WHERE j.document_id = w.document_id LIMIT 1"
    }],
    cases: ["test/layers/Postgres/documents/Documents.test.ts"]
  },
  {
    name: "a worker that stops keeps its jobs",
    edits: [{
      file: "layers/Postgres/jobs/releaseJobs.ts",
      from: "WHERE lease_owner = ${worker}",
      to: "WHERE lease_owner = ${worker} AND false"
    }],
    cases: ["F4"]
  },
  {
    name: "a statement that fails for one document fails for all that share it",
    edits: [{
      file: "layers/coalesce.ts",
      from: "if (requests.length === 1 || isEverybodys(exit.cause)) {",
      to: "if (true) {"
    }],
    cases: ["test/pipeline/neighbours.test.ts"]
  },
  {
    name: "a document's failure takes the service out without a call of our own",
    edits: [{
      file: "src/purchases/CircuitBreakers.ts",
      from: "const found = yield* ask(dependency)",
      to: "const found = { error: failure, generation }"
    }],
    cases: ["test/pipeline/neighbours.test.ts"]
  },
  {
    name: "a refused text is not looked for among the others of its request",
    edits: [{
      file: "src/purchases/buyVectors.ts",
      from: "if (users.length > 1 && (found === \"text\" ||",
      to: "if (users.length > 1 && (false ||"
    }, {
      file: "src/purchases/buyVectors.ts",
      from: "if (!single(going)) return { ends, suspects: [going] }",
      to: "if (false) return { ends, suspects: [going] }"
    }],
    cases: ["test/pipeline/neighbours.test.ts"]
  },
  {
    name: "whoever spoils requests that others share goes on sharing them",
    edits: [{
      file: "src/purchases/buyVectors.ts",
      from: "if (found === \"unknown\" && users.length > 1) yield* setApart(users)",
      to: ""
    }],
    cases: ["test/pipeline/neighbours.test.ts"]
  },
  {
    name: "a rate limit that one user's text meets makes all wait",
    edits: [{
      file: "src/purchases/buyVectors.ts",
      from: "(found === \"user\" && splits-- > 0)",
      to: "false"
    }],
    cases: ["test/pipeline/neighbours.test.ts"]
  },
  {
    name: "vectors that one document's rows refuse are lost for all of the request",
    edits: [{ file: "src/purchases/storeBought.ts", from: "order.shares.length > 1 && !isShared", to: "false" }],
    cases: ["test/stages/vectors/EmbeddingBatches.test.ts"]
  },
  {
    name: "the migrations leave foreign grants as they are",
    edits: [{
      file: "layers/Postgres/schema/closeGrants.ts",
      from: "for (const { grantee, kind, name } of yield* foreignGrants(sql)) {",
      to: "for (const { grantee, kind, name } of (yield* foreignGrants(sql)).slice(0, 0)) {"
    }],
    cases: ["A9"]
  },
  {
    name: "a credential counts against its address before it is looked at",
    edits: [{
      file: "src/http/middleware/authenticate.ts",
      from: "    const isKey = text.startsWith(\"acc_\")\n",
      to: "    yield* strike(\"address\", \"everybody\")\n    const isKey = text.startsWith(\"acc_\")\n"
    }],
    cases: ["A17"]
  },
  {
    name: "anybody's forwarding header is believed",
    edits: [{
      file: "src/domain/TrustedProxies.ts",
      from: "while (isTrusted(networks, client) && hops.length > 0) {",
      to: "while ((client === peer || isTrusted(networks, client)) && hops.length > 0) {"
    }],
    cases: ["A17a"]
  },
  {
    name: "what the programs write is open to everybody on the machine",
    edits: [
      { file: "src/bin/launch.ts", from: "  umask(0o077)\n", to: "  umask(0o022)\n" },
      { file: "src/bin/launch.ts", from: "  closed.pipe(\n", to: "  Effect.void.pipe(\n" }
    ],
    cases: ["A18"]
  },
  {
    name: "a token of any issuer is good",
    edits: [{
      file: "layers/TokenVerifier/Jose.ts",
      from: "...issuer === undefined ? {} : { issuer }",
      to: "...{}"
    }],
    cases: ["A22"]
  },
  {
    name: "a token of any role is good",
    edits: [{
      file: "layers/TokenVerifier/Jose.ts",
      from: "role: Schema.Literal(\"authenticated\")",
      to: "role: Schema.optionalKey(Schema.Unknown)"
    }],
    cases: ["A22"]
  },
  {
    name: "an anonymous sign-in is a user everywhere",
    edits: [{
      file: "layers/TokenVerifier/Jose.ts",
      from: "allowAnonymous || is_anonymous",
      to: "true || is_anonymous"
    }],
    cases: ["A22"]
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
    name: "the successor of a key never ends",
    edits: [{
      file: "layers/Postgres/access/ApiKeys.ts",
      from: "held.expires_at FROM old, held",
      to: "NULL FROM old, held"
    }],
    cases: ["A27"]
  },
  {
    name: "one user may have as much under way as all together",
    edits: [{
      file: "src/http/server/AtOnce.ts",
      from: "if (user !== undefined && own >= bounds[ofUser]) return \"user\"",
      to: ""
    }],
    cases: ["A7", "test/policy/bounds.test.ts"]
  },
  {
    name: "whether there is room for a file is not asked",
    edits: [{
      file: "layers/Postgres/documents/acceptDocuments.ts",
      from: "FROM known JOIN fitting USING (job_id) WHERE fits",
      to: "FROM known JOIN fitting USING (job_id)"
    }],
    cases: ["A24b"]
  },
  {
    name: "uploads are announced beyond the limit",
    edits: [{
      file: "layers/Postgres/documents/Uploads.ts",
      from: "FROM used WHERE outcome = 'opened'",
      to: "FROM used"
    }],
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
    cases: ["test/policy/bounds.test.ts"]
  },
  {
    name: "the documentation is sent as it is",
    edits: [{
      file: "src/http/server/documentation.ts",
      from: "packings.find((each) => accepts(request.headers[\"accept-encoding\"] ?? \"\", each))",
      to: "packings.find(() => false)"
    }],
    cases: ["A33"]
  },
  {
    name: "the rate limiter forgets nobody",
    edits: [{
      file: "src/http/server/rateStore.ts",
      from: "if (++taken % sweepEvery === 0) sweep(now)",
      to: "if (++taken < 0) sweep(now)"
    }],
    cases: ["test/http/server/rateStore.test.ts"]
  },
  {
    name: "the type of a file is told by an expression that tries every way to read its comments",
    edits: [{
      file: "src/intake/sniff.ts",
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
      file: "layers/DocumentParser/local/threads/ParsePool.ts",
      from: "const [short, long] = [makeTurns(), makeTurns()]",
      to: "const short = makeTurns()\n  const long = short"
    }],
    cases: ["test/layers/DocumentParser/local/threads/ParsePool.test.ts"]
  },
  {
    name: "the next turn at the parser is of whoever came first",
    edits: [{
      file: "layers/DocumentParser/local/threads/Turns.ts",
      from: "for (const user of waiters.keys()) if (!served.has(user)) return user",
      to: "for (const user of waiters.keys()) return user"
    }],
    cases: ["test/layers/DocumentParser/local/threads/Turns.test.ts"]
  },
  {
    name: "a text is cut for a row inside a character",
    edits: [{
      file: "src/domain/text.ts",
      from: "return fit.slice(0, cutAt(fit, most, 0)).toWellFormed()",
      to: "return fit.slice(0, most)"
    }],
    cases: ["test/domain/text.test.ts"]
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
      file: "layers/DocumentParser/local/html/htmlTree.ts",
      from: ".split(\"\\n\").map(withoutEnds).join(\"\\n\")",
      to: String.raw`.replaceAll(/[ \u00a0]*\n[ \u00a0]*/g, "\n")`
    }],
    cases: ["A23"]
  },
  {
    name: "a key may be named with U+0000",
    edits: [{ file: "src/api/AccessView.ts", from: "name: TrimmedText.check(", to: "name: Schema.Trim.check(" }],
    cases: ["A34"]
  },
  {
    name: "what a provider says to a call with several users' texts is passed on",
    edits: [{ file: "layers/Embedder/OpenAI.ts", from: "texts.length > 1 ? \"\" : ", to: "" }],
    cases: ["test/layers/Embedder/OpenAI.test.ts"]
  },
  {
    name: "a user may be set to later while somebody makes a job of theirs due",
    edits: [{
      file: "migrations/0013_turns_and_retention.ts",
      from: "IN (SELECT user_id FROM wanted) FOR KEY SHARE",
      to: "IN (SELECT user_id FROM wanted)"
    }],
    cases: ["test/layers/Postgres/jobs/turns.test.ts"]
  },
  {
    name: "a filter by name reads all documents of the user at once",
    edits: [{
      file: "layers/Postgres/jobs/listJobs.ts",
      from: "document_id = j.document_id OFFSET 0",
      to: "document_id = j.document_id"
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
