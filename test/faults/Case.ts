/**
 * One fault or one bad input, played for real against the processes that run in production, and judged from outside.
 * Every file of `cases/` and `inputs/` exports `cases`; there is no other list of them.
 */
import type { NodeServices } from "@effect/platform-node"
import { type Effect, Schema, type Scope } from "effect"
import type { HttpClient } from "effect/http"
import type { SqlClient } from "effect/sql"
import type { Documents } from "../../services/Documents.ts"
import type { JobQueue } from "../../services/JobQueue.ts"
import type { Jobs } from "../../services/Jobs.ts"
import type { ObjectStorage } from "../../services/ObjectStorage.ts"
import type { World } from "./World.ts"

/**
 * `postgres`: not the embedded database. `server`: one that the case may stop and start. `linux`: signals, `/proc`. `mounts`:
 * file systems of its own.
 */
export type Need = "postgres" | "server" | "corpus" | "linux" | "mounts"

/** The `SqlClient` is a superuser's, on the case's own database: the judge's. */
export type CaseServices =
  | World
  | SqlClient.SqlClient
  | Documents
  | JobQueue
  | Jobs
  | ObjectStorage
  | HttpClient.HttpClient
  | NodeServices.NodeServices
  | Scope.Scope

export interface Case {
  /** `F1` to `F40` and `B1` to `B41` of the list of faults and bad inputs; `F1a` where one needs several. */
  readonly id: string
  readonly title: string
  /** What must come of it, in a sentence. */
  readonly expected: string
  readonly needs?: ReadonlyArray<Need>
  /** In the subset that every run of the tests contains: a few seconds at most. */
  readonly fast?: boolean
  /** How long it may take before it counts as failed; five minutes if absent. */
  readonly minutes?: number
  /** Succeeds with what was seen, in a sentence; fails with `Unexpected` or any error. The invariants are checked after it. */
  readonly run: Effect.Effect<string, unknown, CaseServices>
}

/** What happened is not what is expected. */
export class Unexpected extends Schema.TaggedError<Unexpected>()("Unexpected", { message: Schema.String }) {}
