/* A second click on a button that sends something is no second order: for some seconds it does nothing. */
(() => {
  "use strict";
  const SECONDS = 3;
  let pressed = new WeakMap();
  // On the window: whatever a page does with a form by itself was done before.
  addEventListener("submit", (event) => {
    const button = event.submitter || event.target;
    const where = button.getAttribute("formtarget") || event.target.getAttribute("target");
    if (event.defaultPrevented || event.target.method !== "post" || where) return;
    if (performance.now() - (pressed.get(button) ?? -Infinity) < SECONDS * 1000) event.preventDefault();
    else pressed.set(button, performance.now());
  });
  // Whoever comes back by the browser's button may send again.
  addEventListener("pageshow", () => {
    pressed = new WeakMap();
  });
})();
