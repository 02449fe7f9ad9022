/** Defects in how documents and their objects are accepted, kept apart and removed. */
import type { Mutation } from "./Mutation.ts"

export const documents: ReadonlyArray<Mutation> = [
  {
    name: "a lost job continues with the group that it was begun in",
    edits: [{
      file: "layers/Postgres/documents/Chunks.ts",
      from: "moves.every((move) => made.has(move)) ?",
      to: "moves.every(() => made.size > 0) ?"
    }],
    cases: ["test/stages/text/begin.test.ts"]
  },
  {
    name: "a group's second moves are not made",
    edits: [{
      file: "layers/Postgres/documents/Chunks.ts",
      from: "for (let turn = 0; moves.some(({ length }) => length > turn); turn++)",
      to: "for (let turn = 0; turn < 1; turn++)"
    }],
    cases: ["test/stages/text/begin.test.ts"]
  },
  {
    name: "the chunks of a new document count as missing although some vectors were copied",
    edits: [{
      file: "src/stages/text/begin.ts",
      from: "reuse.reused > 0 || reuse.chunks !== all.length ? {} : ",
      to: ""
    }],
    cases: ["test/stages/text/begin.test.ts"]
  },
  {
    name: "only the first part of a large document is searched for vectors to reuse",
    edits: [{
      file: "src/stages/vectors/windowsOf.ts",
      from: "Math.max(1, Math.ceil(chunks / window))",
      to: "1"
    }],
    cases: ["test/stages/vectors/reuse.test.ts"]
  },
  {
    name: "an object gets its name before its bytes are on the disk",
    edits: [{ file: "layers/ObjectStorage/filesystem/fileThread.ts", from: "    fsyncSync(draft)\n", to: "" }],
    cases: ["test/layers/ObjectStorage/filesystem/fileThread.test.ts"]
  },
  {
    name: "a parse that waits for its turn cannot be interrupted",
    edits: [{
      file: "layers/DocumentParser/local/threads/ParsePool.ts",
      from: "{ interruptible: true }",
      to: "{ interruptible: false }"
    }],
    cases: ["test/layers/DocumentParser/local/threads/ParsePool.test.ts"]
  },
  {
    name: "a parse that timed out at the parser is asked for again",
    edits: [{ file: "src/stages/parse/collect.ts", from: " || lastError?.code === \"PARSER_TIMEOUT\"", to: "" }],
    cases: ["test/stages/parse/parse.test.ts"]
  },
  {
    name: "a worker reads any number of stored texts at once",
    edits: [{ file: "src/policy/limits.ts", from: "textsInHand = 4 * longText", to: "textsInHand = 400 * longText" }],
    cases: ["test/stages/text/parsedText.test.ts"]
  },
  {
    name: "any number of long texts are chunked at once",
    edits: [{ file: "layers/Chunker/Thread.ts", from: "makeTurns(atOnce)", to: "makeTurns(1_000)" }],
    cases: ["test/layers/Chunker/Thread.test.ts"]
  },
  {
    name: "an object overwrites an existing one",
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
    name: "late bytes replace those of the upload",
    edits: [{
      file: "layers/Postgres/documents/Uploads.ts",
      from: "AND state = 'open' AND received_at IS NULL AND complete_by >= now()",
      to: "AND complete_by >= now()"
    }],
    cases: ["A4b"]
  },
  {
    name: "objects that a late worker writes for a deleted document stay",
    edits: [{
      file: "layers/Postgres/documents/removeDocument.ts",
      from: "SELECT job_id, user_id, document_id, raw_path, parsed_path, fence, provider_job_id FROM upload_jobs\n",
      to: "SELECT job_id, user_id, document_id, raw_path, parsed_path, 0, provider_job_id FROM upload_jobs\n"
    }],
    cases: ["test/layers/Postgres/documents/Erasures.test.ts"]
  },
  {
    name: "the provider keeps the copy of a deleted document",
    edits: [{
      file: "src/worker/eraseDeleted.ts",
      from: "breakers.guard([\"parser\"], parser.forget(id))",
      to: "Effect.succeed(id)"
    }],
    cases: ["A30"]
  },
  {
    name: "a stored answer is kept after its document was deleted",
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
    name: "document ids are shared between users",
    edits: [{
      file: "layers/Postgres/documents/acceptDocuments.ts",
      from: "WHERE j.user_id = w.user_id LIMIT 1",
      to: "LIMIT 1"
    }],
    cases: ["test/layers/Postgres/documents/Documents.test.ts"]
  },
  {
    name: "the storage quota is not checked",
    edits: [{
      file: "layers/Postgres/documents/acceptDocuments.ts",
      from: "FROM known JOIN fitting USING (job_id) WHERE fits AND NOT erased",
      to: "FROM known JOIN fitting USING (job_id) WHERE NOT erased"
    }],
    cases: ["A24b"]
  },
  {
    name: "a file that was on its way when its user was erased becomes a document",
    edits: [{
      file: "layers/Postgres/documents/acceptDocuments.ts",
      from: "FROM known JOIN fitting USING (job_id) WHERE fits AND NOT erased",
      to: "FROM known JOIN fitting USING (job_id) WHERE fits"
    }],
    cases: ["test/layers/Postgres/users/UserData.test.ts"]
  },
  {
    name: "uploads can be announced beyond the limit",
    edits: [{
      file: "layers/Postgres/documents/Uploads.ts",
      from: "FROM used WHERE _tag = 'Opened'",
      to: "FROM used"
    }],
    cases: ["A24a"]
  }
]
