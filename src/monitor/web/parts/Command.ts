/** The command line that does the same as the button beside it, to read in full and to copy. */
import { html } from "../html.ts"
import { tell } from "../load.ts"

export const Command = ({ line }: { readonly line: string }) => {
  const copy = async () => {
    try {
      // Not there on a page over plain http from another machine.
      await navigator.clipboard.writeText(line)
      tell("Copied.")
    } catch {
      tell("The browser does not let this page copy. Select the text instead.")
    }
  }
  return html`
    <span class="command">
      <code>${line}</code>
      <button type="button" class="copy" aria-label=${`Copy: ${line}`} title="Copy" onClick=${copy}><svg viewBox="0 0 16 16" aria-hidden="true"><path d="M5.5 5.5h7v7h-7zM10.5 5.5v-2h-7v7h2" fill="none" stroke="currentColor" stroke-width="1.3" /></svg></button>
    </span>`
}
