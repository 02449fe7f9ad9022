/** Flags that several commands of `accessa deploy` take. */
import { Flag } from "effect/cli"

export const environment = Flag.Literals("env", ["local", "staging", "production"]).pipe(
  Flag.withDescription("Which environment, as described in config/<env>.yaml")
)

export const documents = Flag.String("documents").pipe(
  Flag.withMetavar("folder"),
  Flag.withDescription("A folder of documents; the smallest one is the canary"),
  Flag.withDefault("config/baseline-documents")
)
