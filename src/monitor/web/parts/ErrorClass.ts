/** The class of an error as a letter in a shape, which reads also without colour. */
import type { ErrorClass as Class } from "../../../domain/ErrorCode.ts"
import { html } from "../html.ts"

export const errorClasses: Readonly<Record<Class, readonly [string, string]>> = {
  permanent: ["P", "permanent: not retried automatically"],
  transient: ["T", "transient: retried, and all tries are used up"],
  recoverable: ["R", "recoverable: waits until the service is back, and loses nothing"]
}

export const ErrorClass = ({ of }: { readonly of: Class }) => {
  const [letter, says] = errorClasses[of]
  return html`<abbr class=${`class ${of}`} title=${says}>${letter}</abbr>`
}
