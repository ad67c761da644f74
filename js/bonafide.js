/**
 * Reads what sites say of people under protocol 1: badges and whether they hold, consented statuses,
 * mechanisms and conversion tables, and what a status counts for. Every refusal is a BonafideError with a
 * code of the spec's list.
 */
export { BonafideError } from './error.js'
export { check } from './check.js'
export { openBadge } from './badge.js'
export { openStatusList, StatusList } from './list.js'
export { openDIDDocument } from './key.js'
export { openStatement } from './status.js'
export { openEntity } from './entity.js'
export { openMechanism, readMechanism } from './mechanism.js'
export { checkTable, openTable, readTable } from './table.js'
export { convert } from './convert.js'
export { compareShare } from './share.js'
export { hashOf, parseJSON } from './json.js'
