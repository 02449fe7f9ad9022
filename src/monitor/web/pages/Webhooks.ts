/** Are applications notified? */
import type { DeliveryPage, SubscriptionList } from "../../../api/webhooks.ts"
import { ago, count, exact, plural, short } from "../format.ts"
import { html } from "../html.ts"
import type { Json } from "../Json.ts"
import { serverNow } from "../live.ts"
import { useLoad } from "../load.ts"
import { Command } from "../parts/Command.ts"
import { Empty, Panel } from "../parts/Panel.ts"
import { query } from "../router.ts"

export const Webhooks = () => {
  const { age, data, error } = useLoad<Json<typeof SubscriptionList.Type>>("/api/v1/webhooks", 5_000)
  const chosen = query.value.get("id")
  const deliveries = useLoad<Json<typeof DeliveryPage.Type>>(
    chosen === null ? null : `/api/v1/webhooks/${chosen}/deliveries`,
    5_000
  )
  const hooks = data?.webhooks ?? []
  return html`
    <header class="title"><h1>${
    data === undefined
      ? "Webhooks"
      : hooks.length === 0
      ? "No application is notified when documents end."
      : `${plural(hooks.length, "address is", "addresses are")} notified when documents end.`
  }</h1></header>
    <${Panel} title="Subscriptions" note="of the signed-in user" age=${age} error=${error}>
      ${
    hooks.length === 0 ?
      html`<${Empty}><p>Subscribe an address: it receives a signed notification for each document that ends.</p><${Command} line="accessa webhooks add https://example.com/hooks" /></${Empty}>` :
      html`
      <table class="cards"><thead><tr><th>Address</th><th>State</th><th>Events</th><th>Since</th></tr></thead><tbody>${
        hooks.map((hook) =>
          html`<tr data-row><td class="break"><a href=${`/webhooks?id=${hook.subscription_id}`}>${hook.url}</a></td><td>${
            hook.active ? "active" : html`<span class="fail">■ ${hook.disabled_reason ?? "disabled"}</span>`
          }</td><td class="q">${hook.events.join(", ")}</td><td class="q">${
            exact(hook.created_at).slice(0, 10)
          }</td></tr>`
        )
      }</tbody></table>`
  }
    </${Panel}>
    ${
    chosen === null ?
      null :
      html`<${Panel} title="Deliveries" note=${short(chosen)} age=${deliveries.age} error=${deliveries.error}>
      <table class="cards"><thead><tr><th>Delivery</th><th>Event</th><th>State</th><th class="n">Attempts</th><th>Last error</th><th class="n">Created</th></tr></thead><tbody>${
        deliveries.data?.deliveries.map((row) =>
          html`<tr><td class="mono">${
            short(row.delivery_id)
          }</td><td>${row.event}</td><td>${row.status}</td><td class="n">${
            count(row.attempt)
          }</td><td class="q break">${row.last_error ?? ""}</td><td class="n q">${
            ago(row.created_at, serverNow.value)
          }</td></tr>`
        ) ?? null
      }</tbody></table></${Panel}>`
  }`
}
