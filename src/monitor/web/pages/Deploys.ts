/** Which version was brought where, and why was it promoted or rolled back? */
import type { ReleaseList } from "../../../api/releases.ts"
import { ago, exact } from "../format.ts"
import { html } from "../html.ts"
import type { Json } from "../Json.ts"
import { serverNow } from "../live.ts"
import { useLoad } from "../load.ts"
import { me } from "../me.ts"
import { Command } from "../parts/Command.ts"
import { Glyph } from "../parts/Glyph.ts"
import { Empty, Panel, Sentence } from "../parts/Panel.ts"
import { query } from "../router.ts"
import { DeployDetail } from "./deploys/DeployDetail.ts"
import { lookOfRelease, type ReleaseRow, stateOf, versionOf } from "./deploys/types.ts"

export const Deploys = () => {
  const allowed = me.value === undefined || me.value.role === "admin"
  const { age, data, error } = useLoad<Json<typeof ReleaseList.Type>>(allowed ? "/api/v1/releases?limit=50" : null)
  if (!allowed) {
    return html`<${Sentence}>Deployments require the role admin.</${Sentence}>
      <section class="panel"><${Empty}><p>Lists each deployment, what its steps found, and who requested it. Ask an admin, or sign in with an admin's key.</p></${Empty}></section>`
  }
  const releases = data?.releases ?? []
  const chosen = releases.find(({ release_id }) => release_id === query.value.get("id")) ?? releases[0]
  return html`
    <${Sentence} age=${age} error=${error}>${data === undefined ? "Deploys" : sentenceOf(releases[0])}</${Sentence}>
    <${Panel} title="Releases" note="newest first" age=${age}>
      ${
    chosen === undefined
      ? html`<${Empty}><p><b>Deploy a version</b> from its checkout: it is verified, watched, and promoted or rolled back, and each step is listed here with what it found.</p><${Command} line="accessa deploy run --env staging --platform compose --release COMMIT" /></${Empty}>`
      : html`
      <table class="cards"><thead><tr><th>Version</th><th>Environment</th><th>Outcome</th><th>Reason</th><th>By</th><th class="n">Started</th></tr></thead><tbody>${
        releases.map((release) => html`<${Row} key=${release.release_id} chosen=${chosen} release=${release} />`)
      }</tbody></table>`
  }
    </${Panel}>
    ${chosen === undefined ? null : html`<${DeployDetail} key=${chosen.release_id} release=${chosen} />`}`
}

const Row = ({ chosen, release }: { readonly chosen: ReleaseRow; readonly release: ReleaseRow }) =>
  html`<tr data-row class=${
    release === chosen ? "chosen" : ""
  }><td class="mono half nb"><a href=${`/deploys?id=${release.release_id}`} title=${release.version}>${
    versionOf(release)
  }</a></td><td class="half">${release.environment}</td><td class="half"><span class="nb"><${Glyph} look=${
    lookOfRelease(release)
  } silent /> ${stateOf(release)}</span></td><td class="why full">${
    release.reason ?? html`<span class="qq">–</span>`
  }</td><td class="mono half">${release.started_by}</td><td class="n q nb"><time title=${exact(release.started_at)}>${
    ago(release.started_at, serverNow.value)
  }</time></td></tr>`

const sentenceOf = (newest: ReleaseRow | undefined): string => {
  if (newest === undefined) return "Nothing has been deployed by accessa deploy run."
  const what = `${versionOf(newest)} ${newest.outcome === null ? "is being deployed to" : "on"} ${newest.environment}`
  switch (newest.outcome) {
    case null:
      return newest.held ? `${what}.` : `${what}, but its command has stopped.`
    case "promoted":
      return `${what} was promoted.`
    case "rolled_back":
      return `${what} was rolled back.`
    case "needs_a_person":
      return `${what} could be neither promoted nor rolled back: it needs a person.`
  }
}
