/* The editor of letters. Without it every button sends the form, and the server answers with the page as it is then;
   with it the same happens in place. Texts are edited as they look, their HTML goes into the field behind. */
(() => {
  "use strict";
  const body = document.querySelector("#z-editor");
  if (!body) return;
  const form = () => body.querySelector("[data-z-letter]");
  const told = () => body.querySelector("[data-z-told]");
  let isChanged = false;
  let last = null; // where a placeholder goes, and where in it
  let range = null;

  const command = (name, value) => document.execCommand(name, false, value);

  function tools(rich, words) {
    const bar = document.createElement("div");
    bar.className = "z-bar";
    const makes = {
      bold: words.zBold, italic: words.zItalic, insertUnorderedList: words.zList, createLink: words.zLink,
    };
    for (const [name, label] of Object.entries(makes)) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "z-b";
      button.textContent = label;
      button.addEventListener("mousedown", (event) => event.preventDefault()); // the marked text stays so
      button.addEventListener("click", () => {
        rich.focus();
        if (name !== "createLink") return command(name);
        const node = getSelection().anchorNode;
        const link = (node?.nodeType === 1 ? node : node?.parentElement)?.closest("a");
        const address = prompt(words.zAddress, link?.getAttribute("href") || "https://");
        if (address === null) return undefined;
        return address.trim() && address.trim() !== "https://" ? command(name, address.trim()) : command("unlink");
      });
      bar.append(button);
    }
    return bar;
  }

  function enrich(field, words) {
    const rich = document.createElement("div");
    rich.className = "z-in z-rich";
    rich.contentEditable = "true";
    rich.setAttribute("role", "textbox");
    rich.setAttribute("aria-multiline", "true");
    rich.setAttribute("aria-labelledby", `${field.id}-label`);
    rich.lang = field.lang;
    rich.innerHTML = field.value; // cleaned by the server
    const keep = () => { field.value = rich.textContent.trim() ? rich.innerHTML : ""; };
    rich.addEventListener("input", () => { keep(); isChanged = true; });
    rich.addEventListener("blur", keep);
    rich.addEventListener("focus", () => { last = rich; command("defaultParagraphSeparator", "p"); });
    rich.addEventListener("paste", (event) => {
      event.preventDefault();
      command("insertText", event.clipboardData.getData("text/plain"));
    });
    field.hidden = true;
    field.before(tools(rich, words), rich);
    document.getElementById(`${field.id}-label`)?.addEventListener("click", () => rich.focus());
  }

  function begin() {
    const words = form().dataset;
    for (const field of body.querySelectorAll("[data-z-rich]")) enrich(field, words);
    for (const button of body.querySelectorAll("[data-z-fill]")) button.hidden = false;
  }

  function fill(written) {
    if (!last?.isConnected) last = body.querySelector("#z-subject");
    last.focus();
    if (range && last.contains(range.startContainer)) {
      getSelection().removeAllRanges();
      getSelection().addRange(range);
    }
    if (!command("insertText", written) && "setRangeText" in last) last.setRangeText(written);
  }

  async function change(button) {
    const data = new FormData(form());
    data.set("do", button.value);
    body.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(location.href, { method: "POST", body: data });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#z-editor");
      if (!answer.ok || answer.redirected || !page) throw new Error(String(answer.status));
      body.replaceChildren(...page.childNodes);
    } catch {
      body.removeAttribute("aria-busy");
      form().requestSubmit(button); // the long way
      return;
    }
    body.removeAttribute("aria-busy");
    isChanged = true;
    begin();
    const touched = body.querySelector("[data-z-focus]");
    touched?.focus({ preventScroll: true });
    touched?.scrollIntoView({ block: "nearest" });
    if (told()) told().textContent = `${form().dataset.zSaid} ${form().dataset.zUnsaved}`;
  }

  let isLong = false;
  body.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (isLong || !button || /^(save|preview|checks)$/.test(button.value)) {
      isChanged = false;
      return;
    }
    isLong = true; // if it fails, the next one goes the long way
    event.preventDefault();
    change(button).finally(() => { isLong = false; });
  });
  body.addEventListener("click", (event) => {
    const button = event.target.closest("[data-z-fill]");
    if (button) fill(button.dataset.zFill);
  });
  body.addEventListener("keydown", (event) => {
    const { zEnter } = event.target.dataset;
    if (event.key !== "Enter" || !zEnter) return; // Enter would save the letter
    event.preventDefault();
    body.querySelector(`button[value="${zEnter}"]`)?.click();
  });
  body.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-z-fills]")) last = event.target;
  });
  document.addEventListener("selectionchange", () => {
    const marked = getSelection();
    if (marked.rangeCount && last?.matches(".z-rich") && last.contains(marked.anchorNode)) {
      range = marked.getRangeAt(0).cloneRange();
    }
  });
  body.addEventListener("input", () => { isChanged = true; });
  addEventListener("beforeunload", (event) => { if (isChanged) event.preventDefault(); });
  begin();
})();
