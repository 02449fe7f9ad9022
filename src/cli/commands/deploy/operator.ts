/** Who runs the command, for the audit log. */
import { hostname, userInfo } from "node:os"
import type { By } from "../../../domain/Principal.ts"

export const operator = (reason: string | null): By => ({
  actor: `command:${userInfo().username}@${hostname()}`,
  role: "admin",
  reason,
  correlationId: null
})
