/**
 * Part of the page itself, so that it runs when nothing else was loaded: a browser drops its requests when the machine's network
 * changes. Says that something is missing, and reloads the page as soon as its server answers.
 */
{
  const counter = "accessa-reloads"
  /** What is still missing then may be missing for good. */
  const quickReloads = 10
  let missing = false

  const say = (sentence: string): void => {
    const line = document.createElement("p")
    line.className = "stalebar"
    line.role = "alert"
    line.textContent = sentence
    document.body.prepend(line)
  }

  const reload = async (): Promise<void> => {
    const reloads = Number(sessionStorage.getItem(counter))
    const isQuick = reloads < quickReloads
    sessionStorage.setItem(counter, String(reloads + 1))
    say(
      isQuick
        ? "Parts of the dashboard could not be loaded. It reloads as soon as its server answers."
        : "Parts of the dashboard cannot be loaded: check what blocks /assets. It reloads every 30 seconds."
    )
    // Plain timers: this script is inline and must run when no module was loaded.
    do await new Promise((resolve) => setTimeout(resolve, isQuick ? 1_000 : 30_000))
    while (!await fetch("/health").then(({ ok }) => ok, () => false))
    location.reload()
  }

  // Errors of elements do not bubble: they are seen on their way down.
  addEventListener("error", ({ target }) => {
    if (target instanceof HTMLScriptElement || target instanceof HTMLLinkElement) missing = true
  }, { capture: true })
  // Comes after the last of them, and waits for the modules.
  addEventListener("load", () => {
    if (missing) void reload()
    else sessionStorage.removeItem(counter)
  })
}
