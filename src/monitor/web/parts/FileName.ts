/** A file's name on one line: the end of a long one stays in sight, where version and type are. */
import { html } from "../html.ts"

const tail = 12

/** Names in a script that runs from right to left are cut by the browser at their own end. */
const isSplit = (name: string) => name.length > 28 && /^[ -\u024f‐-―]+$/u.test(name)

export const FileName = ({ name }: { readonly name: string }) =>
  isSplit(name)
    ? html`<span class="file" title=${name}><span>${name.slice(0, -tail)}</span><span>${
      name.slice(-tail)
    }</span></span>`
    : html`<bdi class="file" title=${name}><span>${name}</span></bdi>`
