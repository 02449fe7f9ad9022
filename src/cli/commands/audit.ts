/** `accessa audit`: who did what, to what, and why; and whether the log is unaltered. For admins. */
import { DateTime, Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { AuditCheck, AuditPage, type AuditView } from "../../api/audit.ts"
import { Client } from "../client/Client.ts"
import { failure } from "../CommandFailure.ts"
import { encoded } from "../encoded.ts"
import { limit } from "../flags.ts"
import { count } from "../terminal/humanize.ts"
import { Output } from "../terminal/Output.ts"
import { printable } from "../terminal/printable.ts"
import { printTable } from "../terminal/table.ts"

type Entry = typeof AuditView.Type

/** Entries read by one command with a filter. */
const readAtMost = 10_000

const optional = (name: string, description: string) =>
  Flag.String(name).pipe(Flag.withDescription(description), Flag.optional)

const list = Command.make("list", {
  action: optional("action", "Only actions that begin with this, such as 'job' or 'job.retry'"),
  actor: optional("actor", "Only by this credential, such as 'key:acc_1f0b9c2d'"),
  target: optional("target", "Only about targets whose id begins with this"),
  cursor: optional("cursor", "Continue where an earlier list ended"),
  limit: limit("entries", 50, 2_000)
}, (flags) =>
  Effect.gen(function*() {
    const { call } = yield* Client
    const output = yield* Output
    const matches = (entry: Entry) =>
      entry.action.startsWith(Option.getOrElse(flags.action, () => "")) &&
      entry.targetId.startsWith(Option.getOrElse(flags.target, () => "")) &&
      (Option.isNone(flags.actor) || entry.actor === flags.actor.value)
    const filtered = [flags.action, flags.actor, flags.target].some(Option.isSome)
    const entries: Array<Entry> = []
    let cursor = Option.getOrNull(flags.cursor)
    let read = 0
    do {
      const size = filtered ? 200 : Math.min(200, flags.limit - entries.length)
      const page: typeof AuditPage.Type = yield* call((api) =>
        api.audit.list({ query: { limit: size, ...(cursor === null ? {} : { cursor }) } })
      )
      read += page.entries.length
      entries.push(...page.entries.filter(matches))
      cursor = page.nextCursor
    } while (cursor !== null && entries.length < flags.limit && read < readAtMost)
    yield* output.record(yield* encoded(AuditPage, { entries, nextCursor: cursor }))
    if (output.json) return
    const rows = entries.map(({ action, actor, at, reason, role, targetId, targetType }) => [
      { text: DateTime.formatIso(at).slice(0, 19).replace("T", " ") },
      { text: printable(actor) },
      { text: role },
      { text: action },
      { text: `${targetType} ${printable(targetId)}` },
      { text: printable(reason ?? "") }
    ])
    yield* printTable(heads, rows)
    if (entries.length === 0) yield* output.note(`None of the ${count(read)} entries read match.`)
    if (cursor !== null) yield* output.note(`Older entries: --cursor ${cursor}`)
  })).pipe(Command.withDescription("List what operators and admins did, newest first"), Command.withAlias("ls"))

const check = Command.make("check", {}, () =>
  Effect.gen(function*() {
    const { call } = yield* Client
    const output = yield* Output
    const ask = (cursor: string | null) => call((api) => api.audit.check({ query: cursor === null ? {} : { cursor } }))
    let found = yield* ask(null)
    let entries = found.entries
    while (found.nextCursor !== null) {
      found = yield* ask(found.nextCursor)
      entries += found.entries
    }
    const whole = { ...found, entries }
    yield* output.record(yield* encoded(AuditCheck, whole))
    if (Option.isSome(whole.brokenEntry)) {
      return yield* failure(
        "failed",
        "AUDIT_ALTERED",
        `Entry ${whole.brokenEntry.value} or the one before it was altered.`,
        "Compare the log with a backup, and find out who could write to the database."
      )
    }
    yield* output.print(`${output.style.green("✓")} ${count(entries)} entries, unbroken.`)
    yield* output.print(
      `Last hash: ${Option.getOrElse(whole.lastHash, () => "none")}. Compare it with one that you keep elsewhere.`
    )
  })).pipe(Command.withDescription("Recompute every hash to find altered and removed entries"))

export const audit = Command.make("audit").pipe(
  Command.withDescription("The audit log, for admins"),
  Command.withSubcommands([list, check])
)

const heads = [
  { title: "TIME (UTC)" },
  { title: "WHO" },
  { title: "ROLE" },
  { title: "ACTION" },
  { title: "ON" },
  { title: "REASON" }
] as const
