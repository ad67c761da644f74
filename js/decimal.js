import { must } from './error.js'

/**
 * An exact number of 0 or more, in lowest terms.
 * @typedef {{a: bigint, b: bigint}} Ratio
 */

/**
 * Reads a decimal (BF-JSON-11).
 * @param {string} text such as 0.95
 * @param {string} [subject]
 * @returns {Ratio}
 */
export function readDecimal(text, subject) {
  const found = /^(0|[1-9][0-9]*)(?:\.([0-9]+))?$/.exec(text)
  must(found && text.replace('.', '').length <= 18, 'bad-value', `${text} is no decimal`, subject)
  const [, whole, fraction = ''] = found
  const a = BigInt(whole + fraction)
  const b = 10n ** BigInt(fraction.length)
  const common = divisor(a, b)
  return { a: a / common, b: b / common }
}

function divisor(a, b) {
  while (b) [a, b] = [b, a % b]
  return a
}

/**
 * @param {Ratio} x
 * @param {Ratio} y
 * @returns {boolean}
 */
export const less = (x, y) => x.a * y.b < y.a * x.b

/** @type {Ratio} */
export const nothing = { a: 0n, b: 1n }

/** @type {Ratio} */
export const whole = { a: 1n, b: 1n }

/** Whether the ratio is in (0, most]. */
export const isWithin = (ratio, most) => less(nothing, ratio) && !less(most, ratio)

/** Whether each ratio is greater than the one before. */
export const rise = (ratios) => ratios.every((ratio, i) => i === 0 || less(ratios[i - 1], ratio))
