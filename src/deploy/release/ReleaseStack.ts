/** What a deployment asks of the environment it deploys to. */
import { Context, type Effect, type Option, Schema } from "effect"
import type { DocumentId } from "../../domain/Ids.ts"
import type { CheckResult } from "../CheckResult.ts"

/** There was no answer, so the step is in doubt. */
export class StackUnknown extends Schema.TaggedError<StackUnknown>()("StackUnknown", { message: Schema.String }) {}

type Checks = Effect.Effect<ReadonlyArray<CheckResult>, StackUnknown>

export interface Migration {
  readonly number: number
  readonly name: string
  /** Statements that take away what the previous release may use; empty if the migration only adds. */
  readonly contracts: ReadonlyArray<string>
  /** The number of the migration since which no release uses it. */
  readonly unusedSince: Option.Option<number>
}

export class ReleaseStack extends Context.Service<ReleaseStack, {
  /** Whether the environment is what its file says, before anything changes. */
  readonly validate: Checks
  /** The highest applied migration. */
  readonly migration: Effect.Effect<number, StackUnknown>
  /** Those of the release that is being deployed, in their order. */
  readonly migrations: ReadonlyArray<Migration>
  readonly migrate: Effect.Effect<void, StackUnknown>
  /** Whether processes of this version, and no others, process documents as the baseline says. */
  readonly verify: (version: string) => Checks
  /**
   * Whether workers of this version and of the one before process a document alike. The jobs of `mine` are kept for the new
   * version, those of others for the old one.
   */
  readonly beside: (version: string, mine: DocumentId) => Checks
  /** Uploads a document, finds it by a search, and deletes it. */
  readonly smoke: Checks
  /** How many milliseconds a fixed piece of work takes there now: longer when the machine is slower or busier. */
  readonly speed: Effect.Effect<number, StackUnknown>
  /** A quick look at the processes of this version, with a document. */
  readonly health: (version: string) => Checks
}>()("accessa/deploy/ReleaseStack") {}
