/** A notice in words, for sinks that people read. */
import { DateTime, Duration, Option } from "effect"
import type { AlertNotice } from "../../../src/domain/AlertNotice.ts"

/** One line. What is wrong comes first, because phones cut the rest. */
export const headline = ({ environment, severity, state, subject, title }: AlertNotice): string => {
  const label = state === "firing" ? capital(severity) : capital(state)
  return oneLine(`${label}: ${title}${subject === "" ? "" : ` (${subject})`} [${environment}]`)
}

/** Names and values, in the order in which a person needs them. */
export const facts = (notice: AlertNotice): ReadonlyArray<readonly [name: string, value: string]> => [
  ["Environment", notice.environment],
  ["Severity", notice.severity],
  ...(notice.subject === "" ? [] : [["Subject", notice.subject] as const]),
  ["Started", formatTime(notice.startedAt)],
  ...Option.match(notice.endedAt, {
    onNone: () => [],
    onSome: (end) => [["Ended", `${formatTime(end)}, after ${lasted(notice.startedAt, end)}`] as const]
  }),
  ["Notified", notice.level],
  ["Rule", notice.rule],
  ...Object.entries(notice.labels)
]

export const links = ({ dashboardUrl, runbookUrl }: AlertNotice): ReadonlyArray<readonly [text: string, url: string]> =>
  ([["Runbook", runbookUrl], ["Dashboard", dashboardUrl]] as const).filter(([, url]) => url !== "")

export const colorOf = ({ severity, state }: AlertNotice): string =>
  state === "firing"
    ? { critical: "#c62828", warning: "#ef6c00", info: "#1565c0" }[severity]
    : { acknowledged: "#607d8b", resolved: "#2e7d32" }[state]

/** At most `limit` characters, cut between characters. */
export const shorten = (text: string, limit: number): string =>
  text.length <= limit ? text : `${text.slice(0, limit - 1).toWellFormed().replace(/\uFFFD$/u, "")}…`

export const oneLine = (text: string): string => text.replaceAll(/\s+/gu, " ").trim()

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

const formatTime = (time: DateTime.Utc): string => `${DateTime.formatIso(time).slice(0, 19).replace("T", " ")} UTC`

const lasted = (start: DateTime.Utc, end: DateTime.Utc): string =>
  Duration.format(Duration.seconds(Math.round(Duration.toSeconds(DateTime.distance(start, end)))))
