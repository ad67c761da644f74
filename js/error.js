/** A refusal, with a code of the spec's closed list (07). */
export class BonafideError extends Error {
  /**
   * @param {string} code
   * @param {string} detail what is wrong, for whoever mends it
   * @param {{subject?: string, cause?: unknown}} [more] subject: the field at fault
   */
  constructor(code, detail, { subject, cause } = {}) {
    super(`${code}: ${subject ? subject + ': ' : ''}${detail}`, { cause })
    this.name = 'BonafideError'
    this.code = code
    this.subject = subject
  }
}

/**
 * Throws the refusal unless what must hold does.
 * @param {unknown} holds
 * @param {string} code
 * @param {string} detail
 * @param {string} [subject]
 * @returns {asserts holds}
 */
export function must(holds, code, detail, subject) {
  if (!holds) throw new BonafideError(code, detail, { subject })
}

/**
 * Runs a check and gives every refusal of it another code: that of the object within which it stands.
 * @template T
 * @param {string} code
 * @param {() => T} check
 * @returns {T}
 */
export function within(code, check) {
  try {
    return check()
  } catch (fault) {
    if (!(fault instanceof BonafideError)) throw fault
    throw new BonafideError(code, fault.message, { subject: fault.subject, cause: fault })
  }
}
