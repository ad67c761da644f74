// Shapes say which JSON type each field of an object has. Reading a value by its shape checks the types
// (BF-JSON-10), leaves out nulls and unknown fields, or refuses these (BF-JSON-7).
import { BonafideError, must } from './error.js'

const ofType = (type, name) => ({
  read(value, _, path) {
    must(typeof value === type, 'bad-value', `is not ${name}`, path)
    return value
  },
})

export const string = ofType('string', 'a string')
export const integer = ofType('number', 'an integer')
export const boolean = ofType('boolean', 'true or false')

/** An array whose elements have one shape. */
export const list = (element) => ({
  read(value, strict, path) {
    must(Array.isArray(value), 'bad-value', 'is not an array', path)
    return value.map((each, i) => element.read(each, strict, `${path}[${i}]`))
  },
})

/** An object whose field names are free and whose values have one shape. */
export const map = (element) => ({
  read(value, strict, path) {
    must(isObject(value), 'bad-value', 'is not an object', path)
    const read = Object.create(null)
    for (const name of Object.keys(value)) {
      if (value[name] !== null) read[name] = element.read(value[name], strict, join(path, name))
    }
    return read
  },
})

/** An object of the given fields, each possibly absent. */
export const object = (fields) => ({
  read(value, strict, path) {
    must(isObject(value), 'bad-value', 'is not an object', path)
    const read = {}
    for (const name of Object.keys(value)) {
      if (!Object.hasOwn(fields, name)) {
        if (strict) throw new BonafideError('unknown-field', 'is not known here', { subject: join(path, name) })
      } else if (value[name] !== null) {
        read[name] = fields[name].read(value[name], strict, join(path, name))
      }
    }
    return read
  },
})

const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value)
const join = (path, name) => (path ? `${path}.${name}` : name)

/** Reads what somebody submits: unknown fields are refused. */
export const submitted = (shape, value) => shape.read(value, true, '')

/** Reads what a peer signed or publishes: unknown fields are ignored. */
export const published = (shape, value) => shape.read(value, false, '')
