/** `accessa keys`: API keys, for admins. A key is shown only once, when it is created. */
import { DateTime, Duration, Effect, Option, Schema, Stream } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { KeyList, KeyView, MadeKey } from "../../api/keys.ts"
import { UserId } from "../../domain/Ids.ts"
import { KeyId, Role } from "../../domain/Principal.ts"
import { Client } from "../client/Client.ts"
import { failure } from "../CommandFailure.ts"
import { encoded } from "../encoded.ts"
import { duration } from "../flags.ts"
import { ago } from "../terminal/humanize.ts"
import { Output } from "../terminal/Output.ts"
import { printable } from "../terminal/printable.ts"
import { printTable } from "../terminal/table.ts"

const reason = Flag.String("reason").pipe(Flag.withDescription("Reason, for the audit log"), Flag.optional)
const headers = (reason: Option.Option<string>) => Option.isSome(reason) ? { "x-reason": reason.value } : {}

const keyArgument = Argument.String("key").pipe(
  Argument.withDescription("The key's id, or its prefix such as acc_1f0b9c2d, as the list shows them")
)

const create = Command.make("create", {
  name: Argument.String("name").pipe(Argument.withDescription("What or who the key is for")),
  role: Flag.Literals("role", Role.literals).pipe(Flag.withDescription("What it allows"), Flag.withDefault("user")),
  user: Flag.String("user").pipe(
    Flag.withDescription("The user the key belongs to (default: you)"),
    Flag.withSchema(UserId),
    Flag.optional
  ),
  expires: duration("expires", "How long it is valid, such as 90d (default: forever)"),
  reason
}, (flags) =>
  Effect.gen(function*() {
    const { call } = yield* Client
    const now = yield* DateTime.now
    const made = yield* call((api) =>
      api.keys.create({
        payload: {
          name: flags.name,
          role: flags.role,
          ...(Option.isSome(flags.user) ? { user_id: flags.user.value } : {}),
          ...(Option.isSome(flags.expires) ? { expires_at: DateTime.addDuration(now, flags.expires.value) } : {})
        },
        headers: headers(flags.reason)
      })
    )
    yield* show(made)
  })).pipe(Command.withDescription("Create an API key (shown once)"))

const list = Command.make("list", {}, () =>
  Effect.gen(function*() {
    const output = yield* Output
    const found = { keys: yield* allKeys, nextCursor: null }
    yield* output.record(yield* encoded(KeyList, found))
    if (output.json) return
    const now = DateTime.toDate(yield* DateTime.now)
    const when = (date: DateTime.Utc | null, none: string) => date === null ? none : ago(DateTime.toDate(date), now)
    const rows = found.keys.map((key) => [
      { text: key.prefix },
      { text: key.role },
      { text: stateOf(key, now) },
      { text: when(key.lastUsedAt, "never") },
      { text: when(key.createdAt, "") },
      { text: key.userId },
      { text: printable(key.name) }
    ])
    yield* printTable(heads, rows)
  })).pipe(Command.withDescription("List all keys, newest first"), Command.withAlias("ls"))

const rotate = Command.make("rotate", {
  key: keyArgument,
  grace: duration("grace", "How long the old key stays valid, such as 1h (default: 1d)"),
  reason
}, (flags) =>
  Effect.gen(function*() {
    const { call } = yield* Client
    const key_id = yield* resolveKey(flags.key)
    const grace = Option.map(flags.grace, (each) => ({ grace_s: Math.round(Duration.toSeconds(each)) }))
    const made = yield* call((api) =>
      api.keys.rotate({
        params: { key_id },
        payload: Option.getOrElse(grace, () => ({})),
        headers: headers(flags.reason)
      })
    )
    yield* show(made)
    if (made.expiresAt !== null) {
      yield* (yield* Output).note(
        "It expires when the replaced key would have. If that key had been rotated before, use or rotate its newer one instead."
      )
    }
  })).pipe(Command.withDescription("Replace a key with a new one (shown once)"))

const revoke = Command.make("revoke", { key: keyArgument, reason }, (flags) =>
  Effect.gen(function*() {
    const { call } = yield* Client
    const output = yield* Output
    const key_id = yield* resolveKey(flags.key)
    const key = yield* call((api) => api.keys.revoke({ params: { key_id }, headers: headers(flags.reason) }))
    yield* output.record(yield* encoded(KeyView, key))
    yield* output.print(`${output.style.green("✓")} ${key.prefix} is revoked.`)
  })).pipe(Command.withDescription("Revoke a key at once"))

export const keys = Command.make("keys").pipe(
  Command.withDescription("API keys, for admins"),
  Command.withSubcommands([create, list, rotate, revoke])
)

/** The key alone on stdout, so that a script can take it. */
const show = Effect.fnUntraced(function*(made: typeof MadeKey.Type) {
  const output = yield* Output
  yield* output.record(yield* encoded(MadeKey, made))
  if (made.secret === null) {
    return yield* output.note(`${made.prefix} was created by an earlier request, which showed it.`)
  }
  const until = made.expiresAt === null ? "" : `, until ${minute(made.expiresAt)}`
  yield* output.note(`${made.role} key for user ${made.userId}${until}. Save it now: it is not shown again.`)
  yield* output.print(made.secret)
})

const heads = [
  { title: "KEY" },
  { title: "ROLE" },
  { title: "STATE" },
  { title: "USED", align: "right" },
  { title: "MADE", align: "right" },
  { title: "USER" },
  { title: "NAME" }
] as const

const stateOf = (key: KeyView, now: Date): string => {
  if (key.revokedAt !== null) return "revoked"
  if (key.expiresAt === null) return "works"
  return DateTime.toDate(key.expiresAt) <= now ? "expired" : `until ${minute(key.expiresAt)}`
}

const minute = (date: DateTime.Utc): string => `${DateTime.formatIso(date).slice(0, 16)}Z`

const allKeys = Effect.flatMap(Client, ({ call }) =>
  Stream.runCollect(
    Stream.paginate(Option.none<string>(), (cursor) =>
      call((api) =>
        api.keys.list({ query: Option.isSome(cursor) ? { cursor: cursor.value } : {} })
      ).pipe(
        Effect.map((page) => [page.keys, Option.map(Option.fromNullishOr(page.nextCursor), Option.some)] as const)
      ))
  ))

const decodeId = Schema.decodeUnknownOption(KeyId)

const resolveKey = Effect.fnUntraced(function*(given: string) {
  const id = decodeId(given)
  if (Option.isSome(id)) return id.value
  const found = (yield* allKeys).find(({ prefix }) => prefix === given)
  return found?.keyId ?? (yield* failure(
    "notFound",
    "KEY_NOT_FOUND",
    `There is no key ${printable(given)}.`,
    "`accessa keys list` shows all keys."
  ))
})
