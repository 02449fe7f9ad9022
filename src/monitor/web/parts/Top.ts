/** The environment, whether providers are real, how fresh the data is, and what fires: on every page. */
import { duration } from "../format.ts"
import { html } from "../html.ts"
import { age, firing, paused, stale, togglePause } from "../live.ts"
import { signOut } from "../me.ts"
import { go } from "../router.ts"
import { looks } from "../statuses.ts"
import { nextTheme, theme } from "../theme.ts"
import { Glyph } from "./Glyph.ts"

const wholeSeconds = (ms: number) => duration(Math.max(1_000, Math.floor(ms / 1_000) * 1_000))

const Live = () => {
  if (age.value === undefined) return html`<span class="live qq">connecting …</span>`
  if (paused.value) {
    return html`<span class="live old"><${Glyph} look=${looks.parked} silent /> <span>paused · ${
      wholeSeconds(age.value)
    } old</span></span>`
  }
  return stale.value
    ? html`<span class="live old"><${Glyph} look=${looks.stale} silent /> <span>as of ${
      wholeSeconds(age.value)
    } ago</span></span>`
    : html`<span class="live"><${Glyph} look=${looks.complete} silent /> <span>live · ${
      wholeSeconds(age.value)
    } ago</span></span>`
}

const find = (event: SubmitEvent) => {
  event.preventDefault()
  const form = event.currentTarget
  if (!(form instanceof HTMLFormElement)) return
  const asked = String(new FormData(form).get("q") ?? "").trim()
  if (asked !== "") go(`/jobs?filter=${encodeURIComponent(asked)}`)
  form.reset()
}

const { env = "local", providers = "mock", version = "" } = document.body.dataset

const Alerts = () => {
  const alerts = firing.value
  const words = alerts === undefined ? "–" : String(alerts)
  return html`<a class=${`control ${alerts !== undefined && alerts > 0 ? "t-fail" : ""}`} href="/alerts">${
    alerts !== undefined && alerts > 0 ? html`<${Glyph} look=${looks.failed} silent /> ` : null
  }${words}<span class="wideonly"> ${alerts === 1 ? "alert" : "alerts"}</span></a>`
}

export const Top = () =>
  html`
  <div class="top">
    <div class="envline"></div>
    <header class="bar">
      <a class="brand" href="/">Accessa <span>Ingestion</span></a>
      <span class="env">${env.toUpperCase()}</span>
      <span class=${`tag ${providers === "mock" ? "dashed" : "real"}`} title=${
    providers === "mock"
      ? "The parser and the embedder are mocks: nothing is paid."
      : "Calls to the parser and the embedder are paid."
  }>${providers === "mock" ? "MOCK" : "$ REAL"}</span>
      <span class="tag mono version">${version}</span>
      <span class="grow"></span>
      <form class="find" role="search" onSubmit=${find}>
        <input name="q" id="find" type="search" placeholder="Job, document, correlation id" aria-label="Find a job by any of its ids or its file name" autocomplete="off" />
        <kbd aria-hidden="true">/</kbd>
      </form>
      <${Live} />
      <button type="button" class="control icon" aria-label=${
    paused.value ? "Resume live updates" : "Pause live updates"
  } title="Pause live updates (p)" onClick=${togglePause}><svg viewBox="0 0 16 16" aria-hidden="true"><path d=${
    paused.value ? "M5 3.5v9l7-4.5z" : "M4.5 3.5h2.2v9H4.5zM9.3 3.5h2.2v9H9.3z"
  } fill="currentColor" /></svg></button>
      <${Alerts} />
      <button type="button" class="control icon" aria-label=${`Theme: ${theme.value}`} title=${`Theme: ${theme.value} (t)`} onClick=${nextTheme}><svg viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" stroke-width="1.5" /><path d="M8 2.5a5.5 5.5 0 0 1 0 11z" fill="currentColor" /></svg></button>
      <button type="button" class="control icon wideonly" aria-label="Sign out" title="Sign out" onClick=${signOut}><svg viewBox="0 0 16 16" aria-hidden="true"><path d="M6.5 2.5h-3v11h3M7 8h6.5M11 5.2L13.8 8 11 10.8" fill="none" stroke="currentColor" stroke-width="1.5" /></svg></button>
    </header>
  </div>`
