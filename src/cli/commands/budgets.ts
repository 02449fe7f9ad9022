/** `accessa budgets`: monthly spending limits for embeddings, per user and overall. For admins. */
import { DateTime, Effect, Option, Schema } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { BudgetList, BudgetView } from "../../api/operations.ts"
import { UserId } from "../../domain/Ids.ts"
import { Client } from "../client/Client.ts"
import { encoded } from "../encoded.ts"
import { dollars } from "../terminal/humanize.ts"
import { Output } from "../terminal/Output.ts"
import { printTable } from "../terminal/table.ts"

const list = Command.make("list", {}, () =>
  Effect.gen(function*() {
    const { call } = yield* Client
    const output = yield* Output
    const found = yield* call((api) => api.budgets.list())
    yield* output.record(yield* encoded(BudgetList, found))
    if (output.json) return
    const rows = found.budgets.map((budget) => [
      { text: budget.userId ?? "overall" },
      { text: dollars(budget.spentUsd) },
      { text: Option.match(budget.limitUsd, { onNone: () => "no limit", onSome: dollars }) },
      { text: DateTime.formatIsoDate(budget.renewsAt) }
    ])
    yield* printTable(heads, rows)
  })).pipe(Command.withDescription("Show this month's spending and the limits"), Command.withAlias("ls"))

const Amount = Schema.Union([
  Schema.FiniteFromString.check(Schema.isGreaterThanOrEqualTo(0)),
  Schema.Literal("none")
])

const set = Command.make("set", {
  amount: Argument.String("amount").pipe(
    Argument.withDescription(
      "US dollars per calendar month (UTC), or `none` to fall back to DEFAULT_USER_BUDGET_USD"
    ),
    Argument.withSchema(Amount)
  ),
  user: Flag.String("user").pipe(
    Flag.withDescription("The user's id (default: the overall budget)"),
    Flag.withSchema(UserId),
    Flag.optional
  ),
  reason: Flag.String("reason").pipe(Flag.withDescription("Reason, for the audit log"), Flag.optional)
}, ({ amount, reason, user }) =>
  Effect.gen(function*() {
    const { call } = yield* Client
    const output = yield* Output
    const budget = yield* call((api) =>
      api.budgets.set({
        payload: { user_id: Option.getOrNull(user), limit_usd: amount === "none" ? null : amount },
        headers: Option.isSome(reason) ? { "x-reason": reason.value } : {}
      })
    )
    yield* output.record(yield* encoded(BudgetView, budget))
    const whose = budget.userId === null ? "All users together" : `User ${budget.userId}`
    const limit = Option.match(budget.limitUsd, {
      onNone: () => "without a limit",
      onSome: (usd) => `up to ${dollars(usd)} a month`
    })
    yield* output.print(
      `${output.style.green("✓")} ${whose} may spend ${limit}; ${dollars(budget.spentUsd)} spent this month.`
    )
  })).pipe(Command.withDescription("Set or remove a limit; jobs that waited for it resume"))

export const budgets = Command.make("budgets").pipe(
  Command.withDescription("Spending limits for embeddings, for admins"),
  Command.withSubcommands([list, set])
)

const heads = [
  { title: "WHO" },
  { title: "SPENT", align: "right" },
  { title: "LIMIT", align: "right" },
  { title: "RENEWS" }
] as const
