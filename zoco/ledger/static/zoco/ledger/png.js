/* The picture of a report as PNG: its SVG, which is a file of ours, drawn by the browser at twice its size.
   Without a script the link is not there, and the SVG is. */
(() => {
  "use strict";
  const SCALE = 2;
  const LARGEST = 8000; // in pixels: browsers refuse larger canvases, some without a word

  const drawn = (url) =>
    new Promise((done, failed) => {
      const image = new Image();
      image.onload = () => done(image);
      image.onerror = () => failed(new Error(url));
      image.src = url;
    });

  const png = async (url) => {
    const image = await drawn(url);
    const scale = Math.min(SCALE, LARGEST / Math.max(image.naturalWidth, image.naturalHeight));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.naturalWidth * scale);
    canvas.height = Math.round(image.naturalHeight * scale);
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
    if (!blob) throw new Error(url);
    return blob;
  };

  const keep = (blob, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  };

  const show = () => { for (const link of zDom.all("[data-z-png]")) link.hidden = false; };

  document.addEventListener("click", async (event) => {
    const link = event.target.closest("[data-z-png]");
    if (!link) return;
    event.preventDefault();
    if (link.getAttribute("aria-busy") === "true") return;
    link.setAttribute("aria-busy", "true");
    try {
      keep(await png(link.href), link.dataset.zPng);
    } catch {
      location.assign(link.href); // the SVG in its place, or the page that says why there is none
    }
    link.removeAttribute("aria-busy");
  });
  document.addEventListener("z:body", show);
  show();
})();
