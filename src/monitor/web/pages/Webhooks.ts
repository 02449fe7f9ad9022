/** Are the applications told? */
import type { DeliveryPage, SubscriptionList } from "../../../api/webhooks.ts"
import { call } from "../api.ts"
import { ago, count, duration, exact, plural, short } from "../format.ts"
import { html } from "../html.ts"
import type { Json } from "../Json.ts"
import { serverNow } from "../live.ts"
import { tell, tellFailure, useLoad } from "../load.ts"
import { Command } from "../parts/Command.ts"
import { Glyph } from "../parts/Glyph.ts"
import { Empty, Panel, Sentence } from "../parts/Panel.ts"
import { query } from "../router.ts"
import { looks } from "../statuses.ts"

type Hook = Json<typeof SubscriptionList.Type>["webhooks"][number]

export const Webhooks = () => {
  const { age, again, data, error } = useLoad<Json<typeof SubscriptionList.Type>>("/api/v1/webhooks")
  const hooks = data?.webhooks ?? []
  const chosen = hooks.find(({ subscription_id }) => subscription_id === query.value.get("id")) ?? hooks[0]
  return html`
    <${Sentence} age=${age} error=${error} note="of the signed-in user">${
    data === undefined ? "Webhooks" : sentenceOf(hooks)
  }</${Sentence}>
    <${Panel} title="Subscriptions" age=${age}>
      ${
    data !== undefined && hooks.length === 0
      ? html`<${Empty}><p><b>Subscribe an address,</b> and it gets a signed request for every finished document, repeated until it answers 2xx.</p><${Command} line="accessa webhooks add https://example.com/hooks" /></${Empty}>`
      : html`
      <table class="cards"><thead><tr><th>Address</th><th>State</th><th>Events</th><th class="n">Since</th></tr></thead><tbody>${
        hooks.map((hook) =>
          html`<tr data-row class=${
            hook === chosen ? "chosen" : ""
          }><td class="full break"><a href=${`/webhooks?id=${hook.subscription_id}`}>${hook.url}</a></td><td class="half">${
            hook.active
              ? html`<span class="nb"><${Glyph} look=${looks.complete} silent /> active</span>`
              : html`<span class="fail"><${Glyph} look=${looks.failed} silent /> ${
                hook.disabled_reason ?? "switched off"
              }</span>`
          }</td><td class="q half">${hook.events.join(", ")}</td><td class="n q nb">${
            exact(hook.created_at).slice(0, 10)
          }</td></tr>`
        )
      }</tbody></table>`
  }
    </${Panel}>
    ${chosen === undefined ? null : html`<${Deliveries} hook=${chosen} again=${again} />`}`
}

const sentenceOf = (hooks: ReadonlyArray<Hook>): string => {
  const off = hooks.filter(({ active }) => !active).length
  return hooks.length === 0
    ? "No application is notified when documents end."
    : `${plural(hooks.length, "address is", "addresses are")} told when documents end${
      off === 0 ? "." : `; ${off === 1 ? "one is" : `${off} are`} switched off.`
    }`
}

const deliveryLooks = { pending: looks.retry, delivered: looks.complete, dead: looks.failed } as const

const Deliveries = ({ hook }: { readonly hook: Hook; readonly again: () => void }) => {
  const { age, again, data, error } = useLoad<Json<typeof DeliveryPage.Type>>(
    `/api/v1/webhooks/${hook.subscription_id}/deliveries`
  )
  const dead = data?.deliveries.find(({ status }) => status === "dead")
  const post = (path: string, done: string) =>
    call(`/api/v1/${path}`, { method: "POST" }).then(() => {
      tell(done)
      again()
    }, tellFailure)
  return html`
  <${Panel} title="Deliveries" note=${hook.url} age=${age} error=${error}>
    <div class="pad said-list">
      <p class="head-line"><button type="button" class="button" disabled=${!hook.active} onClick=${() =>
    post(
      `webhooks/${hook.subscription_id}/test`,
      "A test delivery is queued."
    )}>Send a test</button><span class="grow"><${Command} line=${`accessa webhooks test ${
    short(hook.subscription_id)
  }`} /></span></p>
      ${
    dead === undefined
      ? null
      : html`<p class="head-line"><span class="q small">Send one again:</span><${Command} line=${`accessa webhooks replay ${dead.delivery_id}`} /></p>`
  }
    </div>
    ${
    data !== undefined && data.deliveries.length === 0
      ? html`<${Empty}><p>Nothing was sent yet. Send a test, or wait for the next document to end.</p></${Empty}>`
      : html`
    <div class="scroll" tabindex="0"><table class="cards"><thead><tr><th>Delivery</th><th>Event</th><th>State</th><th class="n">Attempts</th><th>Last answer</th><th class="n">Created</th><th></th></tr></thead><tbody>${
        data?.deliveries.map((row) =>
          html`<tr><td class="mono">${
            short(row.delivery_id)
          }</td><td class="half">${row.event}</td><td><span class="nb"><${Glyph} look=${
            deliveryLooks[row.status]
          } silent /> ${
            row.status === "dead" ? "given up" : row.status
          }</span></td><td class="n" data-label="attempts">${count(row.attempt)}</td><td class="why half">${
            row.last_error ?? (row.last_status === null ? "–" : `${row.last_status}`)
          }${
            row.run_at === null
              ? ""
              : ` Next in ${duration(Math.max(0, Date.parse(row.run_at) - serverNow.value))}.`
          }</td><td class="n q nb">${ago(row.created_at, serverNow.value)}</td><td>${
            row.status === "dead"
              ? html`<button type="button" class="link small" onClick=${() =>
                post(`deliveries/${row.delivery_id}/replay`, "It is sent again.")}><u>send again</u></button>`
              : null
          }</td></tr>`
        ) ?? null
      }</tbody></table></div>`
  }</${Panel}>`
}
