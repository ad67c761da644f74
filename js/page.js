// What a script adds to the page about a badge: buttons that copy, and the check by the visitor's own browser. The page
// says all that it has to say without it.
const words = {
  en: { copy: 'Copy', copied: 'Copied.', failed: 'Could not be copied: select the text instead.' },
  fr: { copy: 'Copier', copied: 'Copié.', failed: 'Copie impossible : sélectionnez plutôt le texte.' },
}[document.documentElement.lang === 'fr' ? 'fr' : 'en']

/** Puts a button behind a text that copies it. */
function addButton(text) {
  const button = Object.assign(document.createElement('button'), { type: 'button', textContent: words.copy })
  const said = Object.assign(document.createElement('span'), { role: 'status' })
  const which = text.closest('details')?.querySelector('summary').textContent
  if (which) button.ariaLabel = `${words.copy} ${which}`
  button.addEventListener('click', async () => {
    said.textContent = ''
    const copied = await navigator.clipboard.writeText(text.textContent).then(() => true, () => false)
    said.textContent = copied ? words.copied : words.failed
  })
  text.after(button, said)
}

/** Fills the place that names the badge with what the visitor's browser finds. */
async function checkHere(place) {
  const { checkInWords, languageOf } = await import('./trust-badge-reader.js')
  place.role = 'status'
  place.hidden = false
  place.textContent = (await checkInWords(place.dataset.badge, languageOf(document.documentElement.lang))).sentence
}

// Elsewhere browsers have neither a clipboard nor cryptography to offer.
if (isSecureContext) {
  document.querySelectorAll('[data-copy]').forEach(addButton)
  document.querySelectorAll('[data-badge]').forEach((place) => checkHere(place).catch(() => {}))
}
