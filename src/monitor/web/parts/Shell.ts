/** The frame around every page: its state on top, navigation at the side or, on a phone, at the thumb. */
import { duration, exact } from "../format.ts"
import { type Content, html } from "../html.ts"
import { age, overview, stale } from "../live.ts"
import { notice, pending } from "../load.ts"
import { looks } from "../statuses.ts"
import { Glyph } from "./Glyph.ts"
import { Help } from "./Help.ts"
import { Rail } from "./Rail.ts"
import { Top } from "./Top.ts"

const Stale = () =>
  stale.value
    ? html`<p class="stalebar" role="alert"><${Glyph} look=${looks.stale} silent /> <span><b>The connection is lost.</b> The numbers are <b>${
      duration(age.value ?? 0)
    }</b> old${
      overview.value === undefined ? "" : `, from ${exact(overview.value.at).slice(11)}`
    }. The page reconnects automatically; until then nothing on it is confirmed.</span></p>`
    : null

export const Shell = ({ children }: { readonly children?: Content }) =>
  html`
  <a class="skip" href="#main">Skip to the content</a>
  <${Top} />
  <div class="frame">
    <${Rail} />
    <main class=${`main ${stale.value ? "unsure" : ""}`} id="main" tabindex="-1" data-settled=${
    pending.value === 0 && overview.value !== undefined ? "" : undefined
  }><${Stale} />${children}</main>
  </div>
  <div class="notice" role="status" aria-live="polite">${notice.value ?? ""}</div>
  <${Help} />`
