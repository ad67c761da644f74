// <trust-badge> around a badge's picture, linked to its page: beside it stands, where scripts run, what the visitor's own
// browser found when it checked the badge. Whoever runs no script, or a check that can't be begun, leaves picture and link.
// What checks is a second file beside this one, loaded only where it is needed. js/bundle puts its hash here.
const reader = new URL('trust-badge-reader.js', import.meta.url).href

let loaded
/** Loads what checks badges, if it is what was published with this file. import() knows no integrity, but takes the module that an element loaded. */
function load() {
  loaded ??= new Promise((onload, onerror) => {
    const script = document.createElement('script')
    document.head.append(Object.assign(script, { type: 'module', integrity: READER_INTEGRITY, crossOrigin: '', src: reader, onload, onerror }))
  }).then(() => import(reader))
  return loaded
}

// A site may style what stands there by ::part(line), and by ::part(current) and so on.
const style = new CSSStyleSheet()
style.replaceSync(`
:host { display: inline-block; max-width: 100% }
[hidden] { display: none }
p { margin: .25em 0 0; font-size: .875em; line-height: 1.4 }
p:empty { display: none }
a { color: inherit; font-weight: bold }
`)

class TrustBadge extends HTMLElement {
  #pictured = document.createElement('slot')
  #line = document.createElement('p')

  constructor() {
    super()
    const root = this.attachShadow({ mode: 'open' })
    root.adoptedStyleSheets = [style]
    this.#line.role = 'status'
    root.append(this.#pictured, this.#line)
  }

  // A page may hold many badges. Each is checked once it comes into view, by one watch however often it is moved before.
  #watch = new IntersectionObserver((seen) => {
    if (!seen.some(({ isIntersecting }) => isIntersecting)) return
    this.#watch.disconnect()
    this.#check().catch(() => {}) // nothing was checked, and nothing is said
  })

  connectedCallback() {
    this.#watch.observe(this)
  }

  async #check() {
    const link = this.querySelector('a[href]')
    if (!link || !isSecureContext) return // where there is no cryptography
    const { checkInWords, languageOf } = await load()
    const language = languageOf(this.closest('[lang]')?.lang)
    const { state, sentence } = await checkInWords(link.href, language)
    this.#line.lang = language
    this.#line.part = `line ${state}`
    // A picture is kept by caches, and may be any picture. Where it might say more than holds, words take its place.
    const holds = state === 'current' || state === 'unknown'
    const words = holds ? this.#line : Object.assign(document.createElement('a'), { href: link.href })
    words.textContent = sentence
    if (words !== this.#line) this.#line.replaceChildren(words)
    this.#pictured.hidden = !holds
  }
}

customElements.get('trust-badge') ?? customElements.define('trust-badge', TrustBadge)
