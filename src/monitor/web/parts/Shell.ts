/** The frame around every page: environment, search, live state, navigation. */
import { signedIn } from "../api.ts"
import { count, duration } from "../format.ts"
import { type Content, html } from "../html.ts"
import { helpOpen } from "../keys.ts"
import { age, overview, paused, stale, togglePause } from "../live.ts"
import { notice } from "../load.ts"
import { go, path } from "../router.ts"
import { nextTheme, theme } from "../theme.ts"
import { Help } from "./Help.ts"

interface Entry {
  readonly to: string
  readonly name: string
  readonly group?: string
  readonly figure?: () => Content
}

const openAlerts = () => overview.value?.alerts.length

export const entries: ReadonlyArray<Entry> = [
  { to: "/", name: "Overview" },
  { to: "/jobs", name: "Jobs", figure: () => figure(overview.value?.in_flight) },
  { to: "/failures", name: "Failures", figure: () => figure(overview.value?.failed) },
  { to: "/alerts", name: "Alerts", figure: () => figure(openAlerts(), true) },
  { to: "/search", name: "Search", group: "Content" },
  { to: "/upload", name: "Upload" },
  {
    to: "/workers",
    name: "Workers",
    group: "System",
    figure: () => figure(overview.value?.workers.filter(({ state }) => state === "running").length)
  },
  {
    to: "/providers",
    name: "Providers",
    figure: () => figure(overview.value?.providers.filter(({ state }) => state !== "closed").length, true)
  },
  { to: "/costs", name: "Costs" },
  { to: "/capacity", name: "Capacity" },
  { to: "/webhooks", name: "Webhooks", group: "Records" },
  { to: "/audit", name: "Audit" }
]

const figure = (value: number | undefined, alarming = false): Content =>
  value === undefined
    ? "–"
    : html`<span class=${alarming && value > 0 ? "hot" : ""}>${alarming && value > 0 ? "■ " : ""}${count(value)}</span>`

const isCurrent = (to: string) => to === "/" ? path.value === "/" : path.value.startsWith(to)

const Rail = () =>
  html`
  <nav class="rail" aria-label="Pages">
    ${
    entries.map(({ figure: shown, group, name, to }) =>
      html`${group === undefined ? null : html`<h2>${group}</h2>`}
        <a href=${to} aria-current=${isCurrent(to) ? "page" : undefined}>${name}<span class="c">${
        shown?.() ?? null
      }</span></a>`
    )
  }
    <p class="foot">times in UTC<br /><button type="button" class="link" onClick=${() => (helpOpen.value =
    true)}><kbd>?</kbd> keys</button></p>
  </nav>`

const Live = () => {
  if (paused.value) {
    return html`<span class="live old">‖ paused · ${age.value === undefined ? "" : `${duration(age.value)} old`}</span>`
  }
  if (age.value === undefined) return html`<span class="live qq">connecting …</span>`
  return stale.value
    ? html`<span class="live old">? last known, ${duration(age.value)} ago</span>`
    : html`<span class="live"><span class="glyph done" aria-hidden="true">●</span> live · ${
      duration(Math.max(1_000, age.value))
    } ago</span>`
}

const find = (event: SubmitEvent) => {
  event.preventDefault()
  const form = event.currentTarget
  if (!(form instanceof HTMLFormElement)) return
  const asked = String(new FormData(form).get("q") ?? "").trim()
  if (asked !== "") go(`/jobs?q=${encodeURIComponent(asked)}`)
  form.reset()
}

const signOut = () =>
  fetch("/session", { method: "DELETE", headers: { "x-accessa-dashboard": "1" } }).then(() => {
    signedIn.value = false
  })

const { env = "local", providers = "mock", version = "" } = document.body.dataset

const Top = () => {
  const alerts = openAlerts()
  return html`
    <div class="top">
      <div class="envline"></div>
      <header class="bar">
        <a class="brand" href="/">Accessa <span>Ingestion</span></a>
        <span class="env">${env.toUpperCase()}</span>
        <span class=${`tag ${providers === "mock" ? "dashed" : ""}`}>${providers === "mock" ? "MOCK" : "$ REAL"}</span>
        <span class="tag mono version">${version}</span>
        <span class="grow"></span>
        <form class="find" role="search" onSubmit=${find}>
          <input name="q" id="find" type="search" placeholder="Job, document, correlation id" aria-label="Find a job by any of its ids" autocomplete="off" />
          <kbd aria-hidden="true">/</kbd>
        </form>
        <${Live} />
        <button type="button" class="icon" aria-label=${
    paused.value ? "Resume live updates" : "Pause live updates"
  } title="Pause (p)" onClick=${togglePause}>${paused.value ? "▶" : "‖"}</button>
        <a class=${`tag alertcount ${alerts !== undefined && alerts > 0 ? "t-fail" : ""}`} href="/alerts">${
    alerts === undefined ? "–" : `${alerts > 0 ? "■ " : ""}${alerts} alert${alerts === 1 ? "" : "s"}`
  }</a>
        <button type="button" class="icon" aria-label=${`Theme: ${theme.value}`} title=${`Theme: ${theme.value} (t)`} onClick=${nextTheme}>◑</button>
        <button type="button" class="icon" aria-label="Sign out" title="Sign out" onClick=${signOut}>⎋</button>
      </header>
    </div>`
}

const Stale = () =>
  stale.value
    ? html`<p class="stalebar" role="alert">The connection is lost. What you see is ${
      duration(age.value ?? 0)
    } old; the page reconnects by itself.</p>`
    : null

export const Shell = ({ children }: { readonly children?: Content }) =>
  html`
  <a class="skip" href="#main">Skip to the content</a>
  <${Top} />
  <${Stale} />
  <div class="frame">
    <${Rail} />
    <main class="main" id="main" tabindex="-1">${children}</main>
  </div>
  <div class="notice" role="status" aria-live="polite">${notice.value ?? ""}</div>
  <${Help} />`
