import { readDecimal } from './decimal.js'

/**
 * The comparison of a share with a row (06, Shares). Its integers are exact, and strings in an explanation.
 * @typedef {{method: 'share' | 'wilson', positive: bigint, total: bigint, at_least: string, a: bigint, b: bigint,
 *   z2?: string, c?: bigint, d?: bigint, margin?: bigint, left: bigint, right: bigint, holds: boolean}} Comparison
 */

/**
 * Compares the share of positives with what a row wants, without rounding.
 * @param {{positive: bigint, total: bigint, at_least: string, z2?: string}} asked with z2 by Wilson's lower bound
 * @returns {Comparison}
 */
export function compareShare({ positive: k, total: n, at_least, z2 }) {
  const { a, b } = readDecimal(at_least, 'at_least')
  if (z2 === undefined) {
    const [left, right] = [k * b, a * n]
    return { method: 'share', positive: k, total: n, at_least, a, b, left, right, holds: n > 0n && left >= right }
  }
  const { a: c, b: d } = readDecimal(z2, 'z2')
  const margin = k * b - a * n
  const [left, right] = [d * margin * margin, c * n * a * (b - a)]
  const holds = n > 0n && a < b && margin >= 0n && left >= right
  return { method: 'wilson', positive: k, total: n, at_least, a, b, z2, c, d, margin, left, right, holds }
}

const most = 1_000_000_000n

/**
 * The least number of further ratings, all positive, that reaches what a row wants.
 * @param {{positive: bigint, total: bigint, at_least: string, z2?: string}} asked which doesn't hold yet
 * @returns {number | undefined} undefined where no number up to 1,000,000,000 does
 */
export function missingPositive(asked) {
  const holds = (more) => compareShare({ ...asked, positive: asked.positive + more, total: asked.total + more }).holds
  if (!holds(most)) return undefined
  // Once a number reaches it every greater one does: the left side grows faster than the right.
  let [below, reaching] = [0n, most]
  while (reaching - below > 1n) {
    const middle = (below + reaching) / 2n
    if (holds(middle)) reaching = middle
    else below = middle
  }
  return Number(reaching)
}
