/** Where the pages are, each with the number that says whether to look. */
import { useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { count } from "../format.ts"
import { type Content, html } from "../html.ts"
import { helpOpen } from "../keys.ts"
import { firing, overview } from "../live.ts"
import { me, signOut } from "../me.ts"
import { path } from "../router.ts"
import { looks } from "../statuses.ts"
import { Glyph } from "./Glyph.ts"

interface Entry {
  readonly to: string
  readonly name: string
  readonly group?: string
  readonly figure?: () => Content
}

const figure = (value: number | undefined, alarming = false): Content =>
  value === undefined
    ? "–"
    : alarming && value > 0
    ? html`<span class="hot"><${Glyph} look=${looks.failed} silent /> ${count(value)}</span>`
    : count(value)

const workers = (): Content => {
  const known = overview.value?.workers.filter(({ state }) => state !== "stopped")
  if (known === undefined) return "–"
  const alive = known.filter(({ state }) => state !== "silent").length
  return alive === known.length ? count(alive) : html`<span class="hot">${alive} of ${known.length}</span>`
}

const out = (): Content => {
  const count = overview.value?.providers.filter(({ state }) => state !== "closed").length
  return count === undefined || count === 0 ? "" : html`<span class="hot">${count} out</span>`
}

const entries: ReadonlyArray<Entry> = [
  { to: "/", name: "Overview" },
  { to: "/jobs", name: "Jobs", figure: () => figure(overview.value?.in_flight) },
  { to: "/failures", name: "Failures", figure: () => figure(overview.value?.failed) },
  { to: "/alerts", name: "Alerts", figure: () => figure(firing.value, true) },
  { to: "/search", name: "Search", group: "Content" },
  { to: "/upload", name: "Upload" },
  { to: "/workers", name: "Workers", group: "System", figure: workers },
  { to: "/providers", name: "Providers", figure: out },
  { to: "/costs", name: "Costs" },
  { to: "/capacity", name: "Capacity" },
  { to: "/webhooks", name: "Webhooks", group: "Records" },
  { to: "/deploys", name: "Deploys" },
  { to: "/audit", name: "Audit" }
]

/** On a phone the first stand at the thumb, and the rest behind one button. */
const atThumb = 4

const isCurrent = (to: string) =>
  to === "/"
    ? path.value === "/"
    : path.value.startsWith(to) || (to === "/jobs" && path.value.startsWith("/documents"))

export const Rail = () => {
  const open = useSignal(false)
  useEffect(() => {
    open.value = false
  }, [path.value])
  return html`
  <nav class=${`rail ${open.value ? "open" : ""}`} aria-label="Pages">
    ${
    entries.map(({ figure: shown, group, name, to }, index) =>
      html`${group === undefined ? null : html`<h2 class="more">${group}</h2>`}
        <a href=${to} class=${index < atThumb ? "" : "more"} aria-current=${
        isCurrent(to) ? "page" : undefined
      }>${name}<span class="c">${shown?.() ?? null}</span></a>`
    )
  }
    <button type="button" class="morebutton" aria-expanded=${open.value} onClick=${() => (open.value = !open
    .value)}>More<span class="c" aria-hidden="true">⋯</span></button>
    <p class="foot">${
    me.value === undefined ? null : html`${me.value.actor.split(":")[0]} · ${me.value.role}<br />`
  }times in UTC<br /><button type="button" class="link" onClick=${() => (helpOpen.value =
    true)}><kbd>?</kbd> keys</button> · <button type="button" class="link" onClick=${signOut}>Sign out</button></p>
  </nav>`
}
