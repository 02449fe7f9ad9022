import { html } from "../html.ts"

/** An address that no page has. */
export const NotFound = ({ id }: { readonly id: string }) =>
  html`<h1>There is no page at ${id}.</h1><p class="q">The pages are listed on the left; <kbd>?</kbd> shows the keys that open them.</p>`
