/** What the stages need to know of the process they run in. */
import { Context } from "effect"

export class Pipeline extends Context.Service<Pipeline, {
  /** Who writes the events: `worker:<id>`. */
  readonly actor: string
  /** Where the parser's provider reaches our API; undefined where it can not. */
  readonly callbackUrl: URL | undefined
}>()("accessa/stages/Pipeline") {}
