/** The keys, on `?`. */
import { useEffect, useRef } from "preact/hooks"
import { html } from "../html.ts"
import { helpOpen } from "../keys.ts"

const keys = [
  ["/", "find a job"],
  ["f", "edit the filter"],
  ["j k", "next row, previous row"],
  ["Enter", "open the row"],
  ["x", "select the row"],
  ["r", "retry the job"],
  ["p", "pause live updates"],
  ["t", "light, dark or system theme"],
  ["g o", "Overview"],
  ["g j", "Jobs"],
  ["g f", "Failures"],
  ["g a", "Alerts"],
  ["g w", "Workers"],
  ["g p", "Providers"],
  ["g c", "Costs"],
  ["g s", "Search"],
  ["g u", "Upload"],
  ["g m", "Capacity"],
  ["g h", "Webhooks"],
  ["g r", "Deploys"],
  ["g d", "Audit"]
] as const

export const Help = () => {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (helpOpen.value) dialog.current?.showModal()
    else dialog.current?.close()
  }, [helpOpen.value])
  return html`
    <dialog ref=${dialog} aria-labelledby="keys" onClose=${() => (helpOpen.value = false)}>
      <h2 id="keys">Keys</h2>
      <dl>${
    keys.map(([key, meaning]) =>
      html`<dt>${key.split(" ").map((each) => html`<kbd>${each}</kbd> `)}</dt><dd>${meaning}</dd>`
    )
  }</dl>
      <form method="dialog"><button class="button">Close</button></form>
    </dialog>`
}
