/** A button that changes the system. A risky one asks for a reason first; an unavailable one says why. */
import { useState } from "preact/hooks"
import { Refused } from "../api.ts"
import { type Content, html } from "../html.ts"
import { tell } from "../load.ts"
import { Command } from "./Command.ts"

interface ActionProps {
  readonly label: string
  readonly line: string
  /** What is kept, what is lost and what it costs. */
  readonly note?: Content
  readonly kind?: "plain" | "likely" | "risky"
  readonly asksReason?: boolean
  /** Why it cannot be done now. */
  readonly refused?: string | undefined
  readonly act: (reason: string | undefined) => Promise<unknown>
  readonly done: string
}

export const Action = (props: ActionProps) => {
  const { act, asksReason = false, done, kind = "plain", label, line, note, refused } = props
  const [asking, setAsking] = useState(false)
  const [busy, setBusy] = useState(false)
  const run = (reason: string | undefined) => {
    setBusy(true)
    act(reason).then(
      () => tell(done),
      (failure: unknown) =>
        tell(
          failure instanceof Refused ? failure.message : "The monitor does not answer. The outcome is unknown."
        )
    ).finally(() => {
      setBusy(false)
      setAsking(false)
    })
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.currentTarget
    if (form instanceof HTMLFormElement) run(String(new FormData(form).get("reason") ?? ""))
  }
  return html`
    <div class="action">
      <button type="button" class=${`button ${kind} ${refused === undefined ? "" : "refused"}`} disabled=${
    busy || refused !== undefined
  }
        onClick=${() => asksReason ? setAsking(true) : run(undefined)}>${label}${asksReason ? " …" : ""}</button>
      <${Command} line=${line} />
      ${
    refused === undefined
      ? note === undefined ? null : html`<p class="q small">${note}</p>`
      : html`<p class="q small">${refused}</p>`
  }
      ${
    asking
      ? html`<form class="reason" onSubmit=${submit}>
          <label>Reason, for the audit log <input name="reason" required maxlength="500" autofocus /></label>
          <span><button class=${`button ${kind}`} disabled=${busy}>${label}</button>
          <button type="button" class="button" onClick=${() => setAsking(false)}>Keep as it is</button></span>
        </form>`
      : null
  }
    </div>`
}
