/** `accessa users`: one user's data, exported or erased. For admins. */
import { Command } from "effect/cli"
import { usersErase } from "./erase.ts"
import { usersExport } from "./export.ts"

export const users = Command.make("users").pipe(
  Command.withDescription("Export or erase all data of a user, for admins"),
  Command.withSubcommands([usersExport, usersErase])
)
