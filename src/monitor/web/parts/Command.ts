/** The command that does the same as the button beside it, to read and copy. */
import { html } from "../html.ts"
import { tell } from "../load.ts"

export const Command = ({ line }: { readonly line: string }) => {
  const copy = () =>
    navigator.clipboard.writeText(line).then(
      () => tell("Copied."),
      () => tell("The browser does not let this page copy. Select the text instead.")
    )
  return html`
    <span class="command">
      <code>${line}</code>
      <button type="button" class="copy" aria-label=${`Copy: ${line}`} onClick=${copy}>copy</button>
    </span>`
}
