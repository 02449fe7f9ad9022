/** A button that acts on the system. One that stops or destroys asks for a reason first; one that is not allowed says why. */
import { useState } from "preact/hooks"
import { type Content, html } from "../html.ts"
import { tell, tellFailure } from "../load.ts"
import { Command } from "./Command.ts"

interface ActionProps {
  readonly label: string
  readonly line: string
  /** What is kept or goes, what it costs. */
  readonly note?: Content
  readonly kind?: "plain" | "likely" | "risky"
  readonly asksReason?: boolean
  /** Fields asked for with the reason. */
  readonly fields?: Content
  /** Why it cannot be done now. */
  readonly refused?: string | undefined
  /** The key that presses it. */
  readonly hotkey?: string
  /** Resolves with what came of it in words, if that is not always `done`. */
  readonly act: (reason: string | undefined, form: FormData | undefined) => Promise<unknown>
  readonly done?: string
}

export const Action = (props: ActionProps) => {
  const { act, asksReason = false, done = "Done.", fields, hotkey, kind = "plain", label, line, note, refused } = props
  const [asking, setAsking] = useState(false)
  const [busy, setBusy] = useState(false)
  const run = (reason: string | undefined, form?: FormData) => {
    setBusy(true)
    act(reason, form).then((came) => {
      tell(typeof came === "string" ? came : done)
      setAsking(false)
    }, tellFailure).finally(() => setBusy(false))
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.currentTarget
    if (!(form instanceof HTMLFormElement)) return
    const values = new FormData(form)
    run(String(values.get("reason") ?? ""), values)
  }
  return html`
    <div class="action">
      <button type="button" class=${`button ${kind} ${refused === undefined ? "" : "refused"}`} disabled=${
    busy || refused !== undefined
  } data-key=${hotkey} onClick=${() => asksReason ? setAsking(!asking) : run(undefined)}>${label}${
    asksReason ? " …" : ""
  }</button>
      <div><${Command} line=${line} />
      ${refused === undefined ? note === undefined ? null : html`<p>${note}</p>` : html`<p>${refused}</p>`}
      </div>
      ${
    asking
      ? html`<form class="reason" onSubmit=${submit} onKeyDown=${(event: KeyboardEvent) =>
        event.key === "Escape" && setAsking(false)}>
          <label>Reason, for the audit log <input name="reason" required maxlength="500" autofocus /></label>
          ${fields ?? null}
          <span><button class=${`button ${kind}`} disabled=${busy}>${label}</button>
          <button type="button" class="button" onClick=${() => setAsking(false)}>Keep as it is</button></span>
        </form>`
      : null
  }
    </div>`
}
