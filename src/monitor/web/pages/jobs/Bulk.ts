/** Retry or cancel everything that the filter matches, after a dry run that says how many, whose, and what it costs. */
import { useState } from "preact/hooks"
import type { BulkResultView } from "../../../../api/overview.ts"
import { call, Refused } from "../../api.ts"
import { money, plural } from "../../format.ts"
import { html } from "../../html.ts"
import { tell } from "../../load.ts"
import { Action } from "../../parts/Action.ts"

type Kind = "retry" | "cancel"

export const Bulk = ({ filter }: { readonly filter: string }) => {
  const [tried, setTried] = useState<
    { readonly kind: Kind; readonly filter: string; readonly of: BulkResultView } | undefined
  >(
    undefined
  )
  if (filter === "") return html`<p class="q small">Filter the list to retry or cancel all that match.</p>`
  const dryRun = (kind: Kind) =>
    call<BulkResultView>(`/api/v1/jobs/${kind}`, { method: "POST", body: { filter, dry_run: true } }).then(
      (of) => setTried({ kind, filter, of }),
      (failure: unknown) => tell(failure instanceof Refused ? failure.message : "The monitor does not answer.")
    )
  const shown = tried?.filter === filter ? tried : undefined
  return html`
    <section class="bulk" aria-label="All that match">
      <button type="button" class="button" onClick=${() => dryRun("retry")}>Retry all that match …</button>
      <button type="button" class="button risky" onClick=${() => dryRun("cancel")}>Cancel all that match …</button>
      ${
    shown === undefined
      ? html`<span class="q small">Each starts with a dry run, which changes nothing.</span>`
      : html`
        <p><b>${plural(shown.of.eligible, "job")}</b> of ${plural(shown.of.matched, "match", "matches")}, ${
        plural(shown.of.users, "user")
      }${
        shown.kind === "retry"
          ? `, about ${money(shown.of.estimated_usd)} to spend, ${plural(shown.of.vectors_kept, "vector")} kept`
          : ""
      }.</p>
        <${Action} label=${`${shown.kind === "retry" ? "Retry" : "Cancel"} ${plural(shown.of.eligible, "job")}`} kind=${
        shown.kind === "retry" ? "likely" : "risky"
      } asksReason=${true}
          line=${`accessa jobs ${shown.kind} --filter '${filter}' --reason …`} refused=${
        shown.of.eligible === 0
          ? `No matching job can be ${shown.kind === "retry" ? "retried" : "cancelled"}.`
          : undefined
      }
          act=${(reason: string | undefined) =>
        call(`/api/v1/jobs/${shown.kind}`, {
          method: "POST",
          body: { filter, dry_run: false },
          ...(reason === undefined ? {} : { reason })
        })}
          done=${`${plural(shown.of.eligible, "job")}: done.`} />`
  }
    </section>`
}
