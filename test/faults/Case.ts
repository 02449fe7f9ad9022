/**
 * One fault or one bad input, run against the real production processes and judged from outside. Every file of `cases/` and
 * `inputs/` exports `cases`; there is no other list of them.
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

/** The `SqlClient` belongs to the judge: a superuser on the case's own database. */
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
  /** `F1` to `F40` and `B1` to `B41` of the list of faults and bad inputs; `F1a` if one needs several. */
  readonly id: string
  readonly title: string
  /** The required outcome, in a sentence. */
  readonly expected: string
  readonly needs?: ReadonlyArray<Need>
  /** In the subset that every run of the tests contains: a few seconds at most. */
  readonly fast?: boolean
  /** How long it may take before it counts as failed; five minutes if absent. */
  readonly minutes?: number
  /**
   * Succeeds with a sentence on what was seen; fails with `Unexpected` or any error. The invariants are checked afterwards.
   */
  readonly run: Effect.Effect<string, unknown, CaseServices>
}

/** The outcome differs from the expected one. */
export class Unexpected extends Schema.TaggedError<Unexpected>()("Unexpected", { message: Schema.String }) {}
