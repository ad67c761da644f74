import { must } from './error.js'
import { utf8 } from './bytes.js'
import { object, string } from './shape.js'

const longest = 2000

/** The shape of a text. */
export const textShape = object({ en: string, fr: string })

// Joiners are invisible too, but some scripts need them within words.
const unseen = /[\p{Cc}\p{Cf}]/u
const joiners = /[\u200c\u200d]/g

/**
 * Whether characters hide in it that nobody sees, some of which turn the direction of writing (BF-MECH-13).
 * @param {string} text
 */
export const hides = (text) => unseen.test(text.replace(joiners, ''))

/**
 * Whether it can stand for somebody or some site on a page: 1 to 80 characters, not blank, none hidden (BF-OUTCOME-3).
 * @param {string | undefined} name
 */
export const isShown = (name) => name !== undefined && /\S/u.test(name) && [...name].length <= 80 && !hides(name)

/**
 * @param {{en?: string, fr?: string} | undefined} text
 * @param {string} subject
 */
export function checkText(text, subject) {
  for (const language of ['en', 'fr']) {
    const said = text?.[language]
    must(said, 'bad-value', 'is missing', `${subject}.${language}`)
    must(utf8(said).length <= longest, 'bad-value', `is longer than ${longest} bytes`, `${subject}.${language}`)
    must(!hides(said), 'bad-value', 'holds a character that nobody sees', `${subject}.${language}`)
  }
}

const hashForm = /^sha-256:[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/

/**
 * Checks version and previous of a mechanism or table (BF-MECH-2).
 * @param {{version?: number, previous?: string}} object
 * @param {string} code
 */
export function checkVersion({ version, previous }, code) {
  must(version >= 1, code, 'is not 1 or more', 'version')
  must(version === 1 ? previous === undefined : hashForm.test(previous ?? ''), code, 'is not the hash of the version before', 'previous')
}
