/** A notice as the monitor makes them. */
import { DateTime, Option } from "effect"
import type { AlertNotice } from "../../../src/domain/AlertNotice.ts"

const startedAt = DateTime.makeUnsafe("2026-03-01T12:00:00Z")

export const aNotice = (more: Partial<AlertNotice> = {}): AlertNotice => ({
  alertId: "42",
  rule: "CIRCUIT_OPEN",
  subject: "embedder",
  severity: "critical",
  state: "firing",
  title: "The embedding provider refuses our key.",
  description: "The provider answered 401. 17 documents wait for it.",
  startedAt,
  endedAt: Option.none(),
  labels: { dependency: "embedder", code: "EMBED_AUTH" },
  level: "team",
  runbookUrl: "https://ops.example/runbooks/EMBED_AUTH",
  dashboardUrl: "https://ops.example/alerts",
  environment: "production",
  ...more
})

export const resolvedNotice = aNotice({
  state: "resolved",
  endedAt: Option.some(DateTime.add(startedAt, { minutes: 12 }))
})
