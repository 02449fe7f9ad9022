/** Who is signed in: what the role does not allow is shown as such, not tried. */
import { effect, signal } from "@preact/signals"
import { call, signedIn } from "./api.ts"
import { tellFailure } from "./load.ts"

export interface Me {
  readonly user_id: string
  readonly role: string
  readonly actor: string
}

export const me = signal<Me | undefined>(undefined)

export const signOut = (): void =>
  void call("/session", { method: "DELETE" }).then(() => {
    signedIn.value = false
  }, tellFailure)

export const isAdmin = (): boolean => me.value?.role === "admin"

effect(() => {
  if (!signedIn.value) {
    me.value = undefined
    return
  }
  call<Me>("/api/v1/me").then((found) => {
    me.value = found
  }, () => {
    // The pages say themselves that nothing answers.
  })
})
