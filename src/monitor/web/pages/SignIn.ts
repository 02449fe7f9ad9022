/** Signs in with an API key or a token. The monitor keeps it; the browser only holds a session cookie. */
import { useState } from "preact/hooks"
import { call, Refused, signedIn } from "../api.ts"
import { html } from "../html.ts"

export const SignIn = () => {
  const [problem, setProblem] = useState<string | undefined>(undefined)
  const [busy, setBusy] = useState(false)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.currentTarget
    if (!(form instanceof HTMLFormElement)) return
    setBusy(true)
    call("/session", {
      method: "POST",
      body: { credential: String(new FormData(form).get("credential") ?? "").trim() }
    }).then(
      () => {
        signedIn.value = true
      },
      (failure: unknown) => {
        setBusy(false)
        setProblem(failure instanceof Refused ? failure.message : "The monitor does not answer.")
      }
    )
  }
  return html`
    <main class="signin">
      <h1>Accessa <span>Ingestion</span></h1>
      <p class="q">Sign in with an API key of the role operator or admin. A local stack keeps one in <code>.accessa/local-key</code>.</p>
      <form onSubmit=${submit}>
        <label>API key <input class="field" type="password" name="credential" required autofocus autocomplete="current-password" spellcheck="false" /></label>
        <button class="button likely" disabled=${busy}>Sign in</button>
        ${problem === undefined ? null : html`<p class="problem" role="alert">${problem}</p>`}
      </form>
    </main>`
}
