/** Defects in authentication and authorization. */
import type { Mutation } from "./Mutation.ts"

export const access: ReadonlyArray<Mutation> = [
  {
    name: "any signature of a callback is accepted",
    edits: [{ file: "src/http/callbacks.ts", from: "if (!isSigned) return", to: "if (false) return" }],
    cases: ["F28"]
  },
  {
    name: "any address of a callback is accepted",
    edits: [{
      file: "src/http/callbacks.ts",
      from: "if (!isCallbackSignature(linkSecrets, params.job_id, query.sig ?? \"\")) {",
      to: "if (false) {"
    }],
    cases: ["F28"]
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
    name: "the readers' views stay with the login that restored them",
    edits: [{ file: "layers/Postgres/schema/closeGrants.ts", from: "    yield* returnViews(sql)\n", to: "" }],
    cases: ["test/tenancy/foreignRoles.test.ts"]
  },
  {
    name: "a credential counts against its address before it is checked",
    edits: [{
      file: "src/http/middleware/authenticate.ts",
      from: "    const found = yield* find(credential)\n",
      to: "    yield* strike(\"address\", \"all\")\n    const found = yield* find(credential)\n"
    }],
    cases: ["A17"]
  },
  {
    name: "forwarding headers of any client are trusted",
    edits: [{
      file: "src/domain/TrustedProxies.ts",
      from: "while (isTrusted(networks, client) && hops.length > 0) {",
      to: "while ((client === peer || isTrusted(networks, client)) && hops.length > 0) {"
    }],
    cases: ["A17a"]
  },
  {
    name: "files that the programs write are world-readable",
    edits: [
      { file: "src/process/launch.ts", from: "  umask(0o077)\n", to: "  umask(0o022)\n" },
      { file: "src/process/launch.ts", from: "  closed.pipe(\n", to: "  Effect.void.pipe(\n" }
    ],
    cases: ["A18"]
  },
  {
    name: "a token of any issuer is accepted",
    edits: [{
      file: "layers/TokenVerifier/Jose.ts",
      from: "...issuer === undefined ? {} : { issuer }",
      to: "...{}"
    }],
    cases: ["A22"]
  },
  {
    name: "a token of any role is accepted",
    edits: [{
      file: "layers/TokenVerifier/Jose.ts",
      from: "role: Schema.Literal(\"authenticated\")",
      to: "role: Schema.optionalKey(Schema.Unknown)"
    }],
    cases: ["A22"]
  },
  {
    name: "anonymous sign-ins are always accepted",
    edits: [{
      file: "layers/TokenVerifier/Jose.ts",
      from: "allowAnonymous || is_anonymous",
      to: "true || is_anonymous"
    }],
    cases: ["A22"]
  },
  {
    name: "the successor of a key never expires",
    edits: [{
      file: "layers/Postgres/access/ApiKeys.ts",
      from: "held.expires_at FROM old, held",
      to: "NULL FROM old, held"
    }],
    cases: ["A27"]
  },
  {
    name: "a key may be named with U+0000",
    edits: [{ file: "src/api/keys.ts", from: "name: TrimmedText.check(", to: "name: Schema.Trim.check(" }],
    cases: ["A34"]
  },
  {
    name: "of jobs that are read together, a caller gets another user's",
    edits: [{
      file: "layers/Postgres/jobs/findJobs.ts",
      from: "jobId === job && userId === user",
      to: "jobId === job && userId !== \"\""
    }],
    cases: ["test/layers/Postgres/jobs/Jobs.test.ts"]
  }
]
