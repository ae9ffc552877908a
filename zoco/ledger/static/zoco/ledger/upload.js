/* Sends a file in pieces, so that it can be stopped and gone on with. Without this the form sends it whole. */
(() => {
  "use strict";
  const PIECE = 2 * 1024 * 1024;

  const begin = () => {
    for (const form of document.querySelectorAll("form[data-z-upload]")) prepare(form);
  };

  function prepare(form) {
    const box = form.querySelector("[data-z-progress]");
    const [bar, said] = [box.querySelector("progress"), box.querySelector("output")];
    const [stop, resume] = [box.querySelector("[data-z-stop]"), box.querySelector("[data-z-resume]")];
    const alert = form.querySelector("[data-z-error]");
    const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    const headers = { "X-CSRFToken": token, Accept: "application/json" };
    let [file, at, part, page, isStopped] = [null, Number(form.dataset.zUpload || 0), "", "", false];

    const wrong = (text) => {
      alert.textContent = text;
      alert.hidden = false;
      stop.hidden = true;
      resume.hidden = !part;
    };
    const show = () => {
      const share = Math.round((100 * at) / file.size);
      bar.value = share;
      said.textContent = isStopped ? `${form.dataset.paused} · ${share}%` : `${share}%`;
    };
    const send = async () => {
      alert.hidden = true;
      stop.hidden = false;
      resume.hidden = true;
      while (at < file.size && !isStopped) {
        show();
        const body = file.slice(at, at + PIECE);
        const type = { "Content-Type": "application/octet-stream" };
        const answer = await fetch(`${part}?offset=${at}`, { method: "POST", headers: { ...headers, ...type }, body });
        const found = await answer.json();
        if (!answer.ok) return wrong(found.error?.message ?? found.error);
        at = found.received;
      }
      show();
      if (at >= file.size) location.assign(page);
      return undefined;
    };
    const go = () => send().catch(() => wrong(form.dataset.failed));
    const start = async () => {
      if (form.dataset.page) {
        [part, page] = [form.action, form.dataset.page];
      } else {
        const given = new FormData(form);
        given.delete("file");
        given.set("name", file.name);
        given.set("size", String(file.size));
        const answer = await fetch(form.action, { method: "POST", headers, body: given });
        const found = await answer.json();
        if (!answer.ok) return wrong(found.error?.message ?? found.error);
        [part, page] = [found.part, found.page];
      }
      return go();
    };

    form.addEventListener("submit", (event) => {
      [file] = form.querySelector("input[type=file]").files;
      if (!file) return;
      event.preventDefault();
      if (form.dataset.size && Number(form.dataset.size) !== file.size) {
        wrong(form.dataset.other);
        return;
      }
      box.hidden = false;
      start().catch(() => wrong(form.dataset.failed));
    });
    stop.addEventListener("click", () => {
      isStopped = true;
      stop.hidden = true;
      resume.hidden = false;
    });
    resume.addEventListener("click", () => {
      isStopped = false;
      go();
    });
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
