/** Retry or cancel what is selected or all that the filter matches, after a dry run that says how many, whose, and the cost. */
import { useState } from "preact/hooks"
import type { BulkResultView } from "../../../../api/overview.ts"
import { call } from "../../api.ts"
import { money, plural, short } from "../../format.ts"
import { html } from "../../html.ts"
import { tellFailure } from "../../load.ts"
import { Action } from "../../parts/Action.ts"
import { outcomeOf, quoted } from "../../parts/bulk.ts"
import { Command } from "../../parts/Command.ts"

type Kind = "retry" | "cancel"

interface Props {
  readonly filter: string
  readonly chosen: ReadonlySet<string>
  readonly clear: () => void
  readonly done: () => void
}

interface Tried {
  readonly kind: Kind
  readonly filter: string
  readonly of: BulkResultView
}

export const Bulk = ({ chosen, clear, done, filter: all }: Props) => {
  const [tried, setTried] = useState<Tried | undefined>(undefined)
  const filter = chosen.size === 0 ? all : `id:${[...chosen].map(short).join(",")}`
  if (filter === "") {
    return html`<p class="q small">Select jobs or write a filter to retry or cancel several at once.</p>`
  }
  const dryRun = (kind: Kind) =>
    call<BulkResultView>(`/api/v1/jobs/${kind}`, { method: "POST", body: { filter, dry_run: true } }).then(
      (of) => setTried({ kind, filter, of }),
      tellFailure
    )
  const shown = tried?.filter === filter ? tried : undefined
  return html`
    <section class="bulk" aria-label="Several jobs at once">
      <div>
        <p>${
    chosen.size === 0
      ? html`<b>All that match the filter</b>`
      : html`<b>${
        plural(chosen.size, "job")
      } selected</b> <button type="button" class="link" onClick=${clear}><u>clear</u></button>`
  } <span class="q small">· each change starts with a dry run</span></p>
        ${shown === undefined ? null : html`<p>${said(shown)}</p>`}
      </div>
      <span class="buttons">
        <button type="button" class="button" onClick=${() => dryRun("retry")}>Retry …</button>
        <button type="button" class="button risky" onClick=${() => dryRun("cancel")}>Cancel …</button>
      </span>
      ${
    shown === undefined
      ? html`<${Command} line=${`accessa jobs retry --filter ${quoted(filter)} --dry-run`} />`
      : html`<${Action} label=${`${shown.kind === "retry" ? "Retry" : "Cancel"} ${
        plural(shown.of.eligible, "job")
      }`} kind=${shown.kind === "retry" ? "likely" : "risky"} asksReason=${true}
          line=${`accessa jobs ${shown.kind} --filter ${quoted(filter)} --reason …`} refused=${
        shown.of.eligible === 0 ? `None of them can be ${shown.kind === "retry" ? "retried" : "cancelled"}.` : undefined
      }
          act=${(reason: string | undefined) =>
        call<BulkResultView>(`/api/v1/jobs/${shown.kind}`, {
          method: "POST",
          body: { filter, dry_run: false },
          ...(reason === undefined ? {} : { reason })
        }).then((came) => {
          setTried(undefined)
          clear()
          done()
          return outcomeOf(shown.kind, came)
        })} />`
  }
    </section>`
}

const said = ({ kind, of }: Tried) =>
  html`<b>${plural(of.eligible, "job")}</b> of ${plural(of.matched, "match", "matches")}${
    of.more ? " (and more)" : ""
  } · ${plural(of.users, "user")}${
    kind === "retry"
      ? ` · about ${money(of.estimated_usd)} to spend · ${plural(of.vectors_kept, "vector")} kept`
      : " · what is paid for is kept"
  }`
