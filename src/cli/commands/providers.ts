/** `accessa providers`: the state of the external services, and the reset of a halted one. For operators. */
import { DateTime, Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { ProviderList, ProviderView } from "../../api/operations.ts"
import { Dependency } from "../../domain/Dependency.ts"
import { Client } from "../client/Client.ts"
import { encoded } from "../encoded.ts"
import { ago } from "../terminal/humanize.ts"
import { Output } from "../terminal/Output.ts"
import { printable } from "../terminal/printable.ts"
import { printTable } from "../terminal/table.ts"

const list = Command.make("list", {}, () =>
  Effect.gen(function*() {
    const { call } = yield* Client
    const output = yield* Output
    const found = yield* call((api) => api.providers.list())
    yield* output.record(yield* encoded(ProviderList, found))
    if (output.json) return
    const now = DateTime.toDate(yield* DateTime.now)
    const rows = found.providers.map((provider) => [
      { text: provider.name },
      { text: states[provider.state] },
      { text: ago(DateTime.toDate(provider.since), now) },
      { text: provider.code ?? "" },
      { text: printable(provider.message ?? "") }
    ])
    yield* printTable(heads, rows)
  })).pipe(
    Command.withDescription("Show which services are available, and why others are not"),
    Command.withAlias("ls")
  )

const reset = Command.make("reset", {
  name: Argument.Literals("name", Dependency.literals),
  reason: Flag.String("reason").pipe(Flag.withDescription("Reason, for the audit log"))
}, ({ name, reason }) =>
  Effect.gen(function*() {
    const { call } = yield* Client
    const output = yield* Output
    const provider = yield* call((api) => api.providers.reset({ params: { name }, payload: { reason } }))
    yield* output.record(yield* encoded(ProviderView, provider))
    yield* output.print(`${output.style.green("✓")} The ${name} is in use again; the jobs that waited for it resume.`)
  })).pipe(Command.withDescription("Resume calls to a halted service, and the jobs waiting for it"))

export const providers = Command.make("providers").pipe(
  Command.withDescription("External services, for operators"),
  Command.withSubcommands([list, reset])
)

const states: Readonly<Record<ProviderView["state"], string>> = {
  closed: "in use",
  open: "out",
  half_open: "being tried",
  halted: "halted"
}

const heads = [
  { title: "SERVICE" },
  { title: "STATE" },
  { title: "SINCE", align: "right" },
  { title: "CODE" },
  { title: "WHY" }
] as const
