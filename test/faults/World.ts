/** What a case has to play with: a place of its own, a database of its own, and processes on ports of their own. */
import { Context, type Effect, type Scope } from "effect"
import { cwd } from "node:process"
import type { PostgresServer } from "./PostgresServer.ts"
import type { Process, Program } from "./Process.ts"

export type Settings = Readonly<Record<string, string>>

/** `WEBHOOK_SECRETS` of every process. */
export const webhookSecret = "the secret of the fault suite and of nothing else"

/** The checkout whose programs and migrations are played. An older one shows what a case would have noticed there. */
export class Tree extends Context.Reference<string>("accessa/test/faults/Tree", { defaultValue: cwd }) {}

export class World extends Context.Service<World, {
  readonly seed: number
  /** The data directory of every process, with `storage/` and `logs/` in it. */
  readonly directory: string
  /** Of the case's database; undefined for the embedded one. */
  readonly databaseUrl: string | undefined
  readonly server: PostgresServer | undefined
  /** A port that nobody listens on. */
  readonly freePort: Effect.Effect<number>
  /**
   * Starts one of our programs and answers when it is ready. It lives as long as the scope. Ports, database and directory are
   * set already, for the mocks and the API the same ones each time; `settings` come over them.
   */
  readonly start: (program: Program, settings?: Settings) => Effect.Effect<Process, unknown, Scope.Scope>
  /** Where the programs listen, whether they run or not. */
  readonly urls: { readonly api: URL; readonly llamaparse: URL; readonly openai: URL }
}>()("accessa/test/faults/World") {}
