// What the whole page owes its reader: the language that it is read aloud in, and colours that turn with the screen.
let asked;

export default function ({ data, parentElement, setTriggerValue }) {
  document.documentElement.lang = data.language;
  const scheme = getComputedStyle(parentElement).colorScheme; // Streamlit's, and it calls this anew when it turns
  const wrong = scheme === data.scheme ? "" : `${scheme}, drawn ${data.scheme}`;
  if (wrong && wrong !== asked) setTriggerValue("turned", scheme);
  asked = wrong; // once: a server that cannot follow is not asked for ever
}
