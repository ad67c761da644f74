// What a check of a badge found, in words for visitors of a page. No text of the issuer's stands in them: its host,
// numbers and dates alone.
import { check } from './check.js'
import { BonafideError } from './error.js'
import { originOf } from './origin.js'

/**
 * What the check of a badge found.
 * @typedef {{state: 'current' | 'revoked' | 'expired' | 'gone' | 'forged' | 'unknown', sentence: string}} Found
 *   revoked: suspended or withdrawn; gone: there is no such badge any more; forged: what is there isn't a badge of the
 *   issuer's; unknown: nothing is known against it, and nothing for it
 */

// These tell of a fetch that failed or of a clock that goes wrong, and nothing of the badge.
const unsure = ['unreachable', 'fetch-budget', 'bad-redirect', 'bad-answer', 'address-refused', 'not-yet-valid', 'bad-origin', 'status-unknown']
const states = { expired: 'expired', 'not-found': 'gone' }

const words = {
  en: {
    locale: 'en-GB',
    current: (host, level, day) => `Holds now: ${host} says ${level}, as of ${day}.`,
    level: ({ status, rank }) => (rank ? `level ${rank.number} of ${rank.levels}` : status.level ? `level ${status.level}` : 'no level yet'),
    revoked: (host) => `Holds no longer: ${host} has suspended or withdrawn this badge.`,
    expired: (host) => `Holds no longer: this badge of ${host} has expired.`,
    gone: (host) => `Holds no longer: ${host} has no such badge.`,
    forged: (host) => `Not authentic: this badge is not correctly signed by ${host}. Do not rely on it.`,
    'status-unknown': (host) => `Signed by ${host}. Your browser could not learn whether it still holds.`,
    unknown: () => 'Your browser could not check this badge.',
    checked: (time) => ` Checked by your browser at ${time}.`,
  },
  fr: {
    locale: 'fr-FR',
    current: (host, level, day) => `En vigueur : ${host} indique ${level}, au ${day}.`,
    level: ({ status, rank }) => (rank ? `le niveau ${rank.number} sur ${rank.levels}` : status.level ? `le niveau ${status.level}` : 'aucun niveau encore'),
    revoked: (host) => `Plus en vigueur : ${host} a suspendu ou retiré ce badge.`,
    expired: (host) => `Plus en vigueur : ce badge de ${host} a expiré.`,
    gone: (host) => `Plus en vigueur : ${host} n’a pas ce badge.`,
    forged: (host) => `Non authentique : ce badge n’est pas correctement signé par ${host}. Ne vous y fiez pas.`,
    'status-unknown': (host) => `Signé par ${host}. Votre navigateur n’a pas pu savoir s’il est encore en vigueur.`,
    unknown: () => 'Votre navigateur n’a pas pu vérifier ce badge.',
    checked: (time) => ` Vérifié par votre navigateur à ${time}.`,
  },
}

// One memory for all badges of a page, so that no status list goes back.
const lists = new Map()

/** The language in which a page written in the given one is answered. */
export const languageOf = (tag = '') => (/^fr(-|$)/i.test(tag) ? 'fr' : 'en')

/**
 * Checks the badge at an address and says what was found. It never rejects.
 * @param {string} address
 * @param {'en' | 'fr'} language
 * @param {Parameters<typeof check>[1]} [given] as to check
 * @returns {Promise<Found>}
 */
export async function checkInWords(address, language, given) {
  const say = words[language]
  const now = (given?.now ?? Date.now)()
  const told = (state, sentence) => ({ state, sentence: sentence + (state === 'unknown' ? '' : say.checked(at(now, say.locale))) })
  try {
    const { badge, revoked } = await check(address, { lists, local: onThisMachine(), ...given })
    const host = hostOf(badge.issuer)
    if (revoked) return told('revoked', say.revoked(host))
    return told('current', say.current(host, say.level(badge), dayIn(badge.status.as_of, say.locale)))
  } catch (fault) {
    const code = fault instanceof BonafideError ? fault.code : 'unreachable'
    const state = unsure.includes(code) ? 'unknown' : (states[code] ?? 'forged')
    return told(state, (say[code] ?? say[state])(hostOf(originOf(address))))
  }
}

// A page of this very machine may show badges of this machine; one from elsewhere has no business with them.
const onThisMachine = () => /(^|\.)localhost$/.test(globalThis.location?.hostname ?? '')

const hostOf = (origin) => origin?.replace(/^https?:\/\//, '')
const at = (now, locale) => new Intl.DateTimeFormat(locale, { timeStyle: 'short' }).format(now)
const dayIn = (day, locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(day))
