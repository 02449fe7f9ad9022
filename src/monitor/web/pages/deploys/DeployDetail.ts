/** One release: what was there before, and what each step found. */
import { clock, count, duration, exact, plural } from "../../format.ts"
import { html } from "../../html.ts"
import { useLoad } from "../../load.ts"
import { Command } from "../../parts/Command.ts"
import { Glyph } from "../../parts/Glyph.ts"
import { Empty, Panel } from "../../parts/Panel.ts"
import { type History, lookOfRelease, type ReleaseRow, type StepRow, verdictLooks, versionOf } from "./types.ts"

export const DeployDetail = ({ release }: { readonly release: ReleaseRow }) => {
  const { age, data, error } = useLoad<History>(`/api/v1/releases/${release.release_id}`)
  return html`
  <${Panel} title=${html`<${Glyph} look=${lookOfRelease(release)} silent /> <span class="mono">${
    versionOf(release)
  }</span>`} note=${`to ${release.environment}, ${timesOf(release)}`} age=${age} error=${error}>
    <div class="pad said-list">
      ${release.reason === null ? null : html`<p class="lead">${release.reason}</p>`}
      ${
    release.request === null
      ? null
      : html`<p>${release.request} was requested: ${release.request_reason ?? "no reason was given"}</p>`
  }
      <p class="q small">Begun by ${release.started_by}. Before it: ${
    release.before.services.map((service) =>
      html`<span class="nb">${service.name} at <span class="mono" title=${service.version}>${
        versionOf(service)
      }</span> × ${count(service.replicas)}</span>, `
    )
  }migration ${release.before.migration}.</p>
      ${release.outcome === null ? html`<${Requests} release=${release} />` : null}
    </div>
    ${
    data !== undefined && data.steps.length === 0
      ? html`<${Empty}><p>No step has ended yet.</p></${Empty}>`
      : html`
    <div class="scroll" tabindex="0"><table class="cards"><thead><tr><th>Step</th><th>Verdict</th><th>Found</th><th class="n">Ended</th></tr></thead><tbody>${
        data?.steps.map((step) => html`<${Step} key=${step.step} step=${step} />`) ?? null
      }</tbody></table></div>`
  }
  </${Panel}>`
}

const Step = ({ step: { checks, ended_at, step, verdict } }: { readonly step: StepRow }) =>
  html`<tr><td class="mono half">${step}</td><td class="half"><span class="nb"><${Glyph} look=${
    verdictLooks[verdict]
  } silent /> ${wordOf(verdict)}</span></td><td class="why full">${
    verdict === "pass" && checks.length > shown
      ? html`<details><summary>${
        plural(checks.length, "check")
      } passed</summary><${Checks} checks=${checks} /></details>`
      : html`<${Checks} checks=${checks} />`
  }</td><td class="n q nb"><time title=${exact(ended_at)}>${clock(ended_at)}</time></td></tr>`

/** More checks than this are folded if all passed. */
const shown = 4

const wordOf = (verdict: StepRow["verdict"]): string =>
  verdict === "pass" ? "passed" : verdict === "fail" ? "failed" : "in doubt"

const Checks = ({ checks }: Pick<StepRow, "checks">) =>
  checks.length === 0
    ? html`<span class="qq">–</span>`
    : html`<ul>${
      checks.map(({ check, found, verdict }) =>
        html`<li key=${check}><${Glyph} look=${verdictLooks[verdict]} /> <b>${check}</b> ${found}</li>`
      )
    }</ul>`

const Requests = ({ release: { environment, request } }: { readonly release: ReleaseRow }) =>
  html`${
    [request === "hold" ? "resume" : "hold", "promote", "rollback"].map((verb) =>
      html`<${Command} key=${verb} line=${`accessa deploy ${verb} --env ${environment} --reason …`} />`
    )
  }`

const timesOf = ({ ended_at, started_at }: ReleaseRow): string =>
  ended_at === null
    ? `since ${exact(started_at)}`
    : `from ${exact(started_at)}, ${duration(Date.parse(ended_at) - Date.parse(started_at))}`
