import { must } from './error.js'

const leeway = 60
const secondsPerDay = 86400

/**
 * The number of a day since 1970.
 * @param {unknown} day such as 2026-11-22
 * @returns {number | undefined} undefined where the calendar has no such day
 */
export function dayNumber(day) {
  const found = typeof day === 'string' && /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(day)
  if (!found) return undefined
  const date = new Date(0)
  date.setUTCFullYear(Number(found[1]), Number(found[2]) - 1, Number(found[3]))
  // Date takes the 31st of June for the first of July.
  return date.getUTCMonth() + 1 === Number(found[2]) && date.getUTCDate() === Number(found[3]) ? date.getTime() / 1000 / secondsPerDay : undefined
}

/**
 * @param {number} number of days since 1970
 * @returns {string} such as 2026-11-22
 */
export const dayOf = (number) => new Date(number * secondsPerDay * 1000).toISOString().slice(0, 10)

/**
 * The number of the last day of a month.
 * @param {unknown} month such as 2026-11
 * @returns {number | undefined}
 */
export function lastDayNumber(month) {
  const first = dayNumber(`${month}-01`)
  if (typeof month !== 'string' || first === undefined) return undefined
  const date = new Date(first * secondsPerDay * 1000)
  return date.setUTCMonth(date.getUTCMonth() + 1) / 1000 / secondsPerDay - 1
}

/**
 * @param {unknown} instant RFC 3339, with T and Z in capitals; a fraction of a second is cut
 * @returns {number | undefined} seconds since 1970
 */
export function secondsOf(instant) {
  const found = typeof instant === 'string' && /^([^T]*)T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])(?:\.[0-9]+)?(?:Z|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))$/.exec(instant)
  const day = found ? dayNumber(found[1]) : undefined
  if (day === undefined) return undefined
  const [, , hours, minutes, seconds, sign, offsetHours, offsetMinutes] = found
  const offset = sign ? (sign === '-' ? -1 : 1) * (Number(offsetHours) * 3600 + Number(offsetMinutes) * 60) : 0
  return day * secondsPerDay + Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) - offset
}

/**
 * Checks the validity that a credential states twice, as an instant and in seconds.
 * @param {{validFrom?: string, validUntil?: string, nbf?: number, exp?: number}} credential
 * @param {string} code of a property that its claim doesn't equal
 * @returns {{validFrom: number, validUntil: number}} seconds since 1970
 */
export function readValidity(credential, code) {
  const [validFrom, validUntil] = [['validFrom', 'nbf'], ['validUntil', 'exp']].map(([property, claim]) => {
    const instant = credential[property]
    const second = secondsOf(instant)
    must(instant === undefined || second !== undefined, 'bad-value', 'is no instant', property)
    must(second !== undefined && second === credential[claim], code, `is not ${claim}`, property)
    return second
  })
  return { validFrom, validUntil }
}

/**
 * @param {number} seconds since 1970
 * @returns {string} RFC 3339 in UTC
 */
export const instantOf = (seconds) => new Date(seconds * 1000).toISOString().replace(/\.000Z$/, 'Z')

/** @param {number} seconds */
export const dayNumberAt = (seconds) => Math.floor(seconds / secondsPerDay)

/** @param {number} day */
export const startOf = (day) => day * secondsPerDay

/**
 * The second that a clock shows.
 * @param {Date | string | number} now a string is RFC 3339, a number milliseconds since 1970 as in Date.now()
 * @returns {number}
 */
export function secondAt(now) {
  const second = typeof now === 'string' ? secondsOf(now) : Math.floor(Number(now) / 1000)
  if (second === undefined || Number.isNaN(second)) throw new TypeError('now is no instant')
  return second
}

/**
 * Refuses a token outside its validity (BF-TOKEN-14).
 * @param {number | undefined} start
 * @param {number | undefined} end
 * @param {number} second
 */
export function mustBeInTime(start, end, second) {
  must(start > 0 && end > start, 'bad-credential', 'has no start and later end')
  must(second >= start - leeway, 'not-yet-valid', `is valid from ${start}`)
  must(second < end + leeway, 'expired', `was valid until ${end}`)
}
