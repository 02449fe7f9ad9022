/** The filter's field, with the words it knows. */
import { useState } from "preact/hooks"
import { html } from "../../html.ts"

const words = [
  ["status:", "the status; several with commas"],
  ["is:", "open, failed, complete, parked, retrying"],
  ["error_code:", "PARSE_TOO_COMPLEX, EMBED_RATE_LIMITED …"],
  ["fingerprint:", "failed with the same message, as Failures shows it"],
  ["user:", "a user's id, or its beginning"],
  ["age:>10m", "in its status for longer than"],
  ["created:<2d", "uploaded within; or created:>2d, earlier"],
  ["cost:>0.01", "costs more than, in dollars"]
] as const

interface Props {
  readonly filter: string
  readonly apply: (filter: string) => void
}

export const FilterBox = ({ apply, filter }: Props) => {
  const [text, setText] = useState(filter)
  const [open, setOpen] = useState(false)
  const last = text.split(" ").at(-1) ?? ""
  const fitting = words.filter(([word]) => word.startsWith(last))
  const take = (word: string) => setText(`${text.slice(0, text.length - last.length)}${word}`)
  const press = (event: KeyboardEvent) => {
    const first = fitting[0]?.[0]
    if (event.key === "Tab" && open && last !== "" && first !== undefined && last !== first) {
      event.preventDefault()
      take(first)
    }
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    setOpen(false)
    apply(text.trim())
  }
  return html`
    <form class="filter" role="search" onSubmit=${submit}>
      <input class="field mono" id="filter" aria-label="Filter jobs" placeholder="status:failed_parse age:>10m, or part of a name or id" value=${text} autocomplete="off" spellcheck="false"
        onInput=${(event: InputEvent) => event.target instanceof HTMLInputElement && setText(event.target.value)}
        onFocus=${() => setOpen(true)} onBlur=${() => setTimeout(() => setOpen(false), 150)} onKeyDown=${press} />
      ${
    open && fitting.length > 0
      ? html`<div class="words">${
        fitting.map(([word, meaning]) =>
          html`<button type="button" tabindex="-1" onMouseDown=${() =>
            take(word)}><code>${word}</code> <span class="q">${meaning}</span></button>`
        )
      }<p class="small q"><kbd>Tab</kbd> completes the word · <kbd>Enter</kbd> applies · the filter is part of the address, so you can share it</p></div>`
      : null
  }
    </form>`
}
