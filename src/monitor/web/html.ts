/** Markup as tagged templates: no build step, and no markup from data, as every value is a text node. */
import type { ComponentChild } from "preact"

export { html } from "htm/preact"

/** What a component may return or hold. */
export type Content = ComponentChild
