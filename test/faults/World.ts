/** The environment of a case: its own directory, its own database, and processes on their own ports. */
import { Context, type Effect, type Scope } from "effect"
import { cwd } from "node:process"
import type { PostgresServer } from "./PostgresServer.ts"
import type { Process, Program } from "./Process.ts"

export type Settings = Readonly<Record<string, string>>

/** `WEBHOOK_SECRETS` of every process. */
export const webhookSecret = "the secret of the fault suite and of nothing else"

/** The checkout whose programs and migrations are used. An older one shows whether a case would have failed there. */
export class Tree extends Context.Reference<string>("accessa/test/faults/Tree", { defaultValue: cwd }) {}

export class World extends Context.Service<World, {
  readonly seed: number
  /** The data directory of every process, with `storage/` and `logs/` in it. */
  readonly directory: string
  /** Of the case's database; undefined for the embedded one. */
  readonly databaseUrl: string | undefined
  readonly server: PostgresServer | undefined
  /** A port that no process listens on. */
  readonly freePort: Effect.Effect<number>
  /**
   * Starts one of our programs and returns when it is ready. It lives as long as the scope. Ports, database and directory
   * are set already, the same ones each time for the mocks and the API; `settings` override them.
   */
  readonly start: (program: Program, settings?: Settings) => Effect.Effect<Process, unknown, Scope.Scope>
  /** The programs' addresses, whether they are running or not. */
  readonly urls: { readonly api: URL; readonly llamaparse: URL; readonly openai: URL }
}>()("accessa/test/faults/World") {}
