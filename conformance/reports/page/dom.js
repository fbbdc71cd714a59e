// Elements are made here and nowhere else. Data becomes text nodes and attributes, never markup.

const byId = (id) => document.getElementById(id);

/** An element; `props` are attributes ("on…" listeners, `text` the content, false and null are left out). */
function el(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (name === "text") element.textContent = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined)
      element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Tell users of screen readers what just happened. */
function say(sentence) {
  byId("said").textContent = sentence;
}

const plural = (number, what) => `${number} ${what}${number === 1 ? "" : "s"}`;

/** A button that copies `text`; where the clipboard is closed, the text is selected for copying by hand. */
function copyButton(text, source, what) {
  const button = el("button", { type: "button", class: "quiet", text: "copy", "aria-label": `copy ${what}` });
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      getSelection().selectAllChildren(source);
      if (!document.execCommand("copy")) return say("selected: copy it with the keyboard");
    }
    button.textContent = "copied";
    say(`${what} copied`);
    setTimeout(() => (button.textContent = "copy"), 1500);
  });
  return button;
}
