/** Makes an element. Text from people gets into the page here only, and never as HTML. */
export function element(tag, className, text = '') {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** The coloured initial of a person: decoration, the name stands beside it. */
export function avatar(name) {
  const initial = [...name][0] ?? '?';
  const made = element('span', 'avatar', initial.toUpperCase());
  made.setAttribute('aria-hidden', 'true');
  made.style.setProperty('--hue', String(hueOf(name)));
  return made;
}

function hueOf(name) {
  let hash = 7;
  for (const character of name) hash = (Math.imul(hash, 31) + character.codePointAt(0)) >>> 0;
  return hash % 360;
}
