/** What may differ from a recorded stack, and what `accessa baseline compare` must say. */
import { Effect, type Scope } from "effect"
import { patched, type RecordedStack } from "./RecordedStack.ts"

type Stack = RecordedStack["Service"]

interface Change {
  readonly title: string
  /** The checks that fail, as `group, check`, and no other. */
  readonly fails: ReadonlyArray<string>
  /** In what the first of them found. */
  readonly says: string
  /** Until the scope ends. */
  readonly change: (stack: Stack) => Effect.Effect<unknown, unknown, Scope.Scope>
}

export const changes: ReadonlyArray<Change> = [
  {
    title: "another chunker",
    fails: ["documents, chunker", "documents, chunks", "documents, receipts", "documents, purchases"],
    says: "markdown-simple@1, was markdown-structure@2",
    change: ({ restarted }) => restarted(["api", "worker"], { CHUNKER: "markdown-simple@1" })
  },
  {
    title: "another model",
    fails: ["documents, embedding model"],
    says: "text-embedding-ada-002, version 1, was text-embedding-3-small, version 1",
    change: ({ restarted }) => restarted(["api", "worker"], { EMBED_MODEL: "text-embedding-ada-002" })
  },
  {
    title: "a model of other dimensions",
    fails: ["documents, completion"],
    says: "have 3072 dimensions where 1536 are expected",
    change: ({ restarted }) => restarted(["api", "worker"], { EMBED_MODEL: "text-embedding-3-large" })
  },
  {
    title: "a missing index",
    fails: ["database, schema"],
    says: "index documents_by_content is missing",
    change: ({ superuser }) =>
      Effect.acquireRelease(
        superuser`DROP INDEX documents_by_content`,
        // A finalizer cannot fail, and the next case needs the index.
        () =>
          Effect.orDie(
            superuser`CREATE INDEX documents_by_content ON public.documents USING btree (user_id, raw_sha256)`
          )
      )
  },
  {
    title: "a changed route",
    fails: ["api, contract"],
    says: "GET /api/v1/operations/held differs",
    change: ({ restarted }) =>
      restarted(
        ["api"],
        patched("/src/api/overview.ts", "{ jobs: Schema.Array(HeldJob) }", "{ held: Schema.Array(HeldJob) }")
      )
  },
  {
    title: "a route that has moved",
    fails: ["api, contract"],
    says: "GET /api/v1/costs is missing; GET /api/v1/spending is new",
    change: ({ restarted }) => restarted(["api"], patched("/src/api/overview.ts", "/api/v1/costs", "/api/v1/spending"))
  },
  {
    title: "a variable that the release has renamed",
    fails: ["configuration, names"],
    says: "UPLOADS_PER_MINUTE is no longer a setting; UPLOADS_PER_MINUTES is new",
    change: ({ restarted }) =>
      restarted(["api"], patched("/src/policy/bounds.ts", "UPLOADS_PER_MINUTE", "UPLOADS_PER_MINUTES"))
  },
  {
    // A closer name keeps the process from starting.
    title: "a variable that the environment has renamed",
    fails: ["configuration, shapes"],
    says: "OPENAI_API_KEY was secret, is unset",
    change: ({ restarted }) => restarted(["api"], { OPENAI_API_KEY: "", OPENAI_KEY: "sk-of-a-test" })
  },
  {
    title: "a worker of another version",
    fails: ["workers, version"],
    says: "1 of 2 running workers: release 0.0.9+1111111",
    change: ({ otherWorker }) => otherWorker({ ACCESSA_VERSION: "0.0.9+1111111" })
  },
  {
    title: "no worker",
    fails: ["workers, version"],
    says: "no worker is running",
    change: ({ withoutWorker }) => withoutWorker
  }
]
