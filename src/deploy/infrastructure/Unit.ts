/** A process as a platform's file describes it: what it runs, how often, and with which settings. */
import type { Duration } from "effect"

const parts = ["api", "worker", "monitor", "migrate", "cli"] as const
export type Part = (typeof parts)[number]

export interface Unit {
  /** As the platform names it. */
  readonly name: string
  /** Which process of ours it is; undefined if its command starts none. */
  readonly part: Part | undefined
  /** Instances that may run at the same time, including those of a new version beside the old ones. */
  readonly most: number
  /** By name. Undefined: a secret that the platform keeps. */
  readonly settings: Readonly<Record<string, string | undefined>>
  /** From the stop signal until the platform ends the process by force. Undefined: its default, which is unknown here. */
  readonly grace: Duration.Duration | undefined
  /** Where the platform asks whether it is alive. Undefined: it does not ask. */
  readonly health: string | undefined
}

const entryPoints: Readonly<Record<string, Part>> = {
  "src/bin/api.ts": "api",
  "src/bin/worker.ts": "worker",
  "src/bin/monitor.ts": "monitor",
  "src/bin/migrate.ts": "migrate",
  "src/bin/accessa.ts": "cli"
}

export const partOf = (command: ReadonlyArray<string>): Part | undefined =>
  command.map((word) => entryPoints[word]).find((part) => part !== undefined)
