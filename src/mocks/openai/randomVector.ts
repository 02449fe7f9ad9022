/**
 * The seed's vector: normally distributed, seeded by the content's hash. numpy draws other numbers from the same seed: here
 * the generator is xoshiro128** seeded with 128 bits of a sha256, and the distribution is a table of normal quantiles.
 */
import { sha256 } from "../../domain/hash.ts"

const levelBits = 14
const levels = 1 << levelBits

/** Abramowitz and Stegun 26.2.23, good to 5e-4. */
const quantile = (probability: number): number => {
  if (probability > 0.5) return -quantile(1 - probability)
  const t = Math.sqrt(-2 * Math.log(probability))
  return (2.515517 + 0.802853 * t + 0.010328 * t * t) / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t * t * t) - t
}

const quantiles = Float32Array.from({ length: levels }, (_, level) => quantile((level + 0.5) / levels))

const widest = 3_072
const draws = new Float64Array(widest)

/** Not yet of unit length, and overwritten by the next call. `width` is even. */
export const randomVector = (key: string, width: number): Float64Array => {
  const hash = sha256(key)
  let a = Number.parseInt(hash.slice(0, 8), 16) | 1
  let b = Number.parseInt(hash.slice(8, 16), 16) | 0
  let c = Number.parseInt(hash.slice(16, 24), 16) | 0
  let d = Number.parseInt(hash.slice(24, 32), 16) | 0
  for (let at = 0; at < width; at += 2) {
    const scrambled = Math.imul(b, 5)
    const bits = Math.imul((scrambled << 7) | (scrambled >>> 25), 9)
    const carried = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= carried
    d = (d << 11) | (d >>> 21)
    draws[at] = quantiles[bits >>> (32 - levelBits)] ?? 0
    draws[at + 1] = quantiles[bits & (levels - 1)] ?? 0
  }
  return draws
}
