// After each button the page is drawn anew: the rule that is being written gets the focus.
const asked = document.querySelector("#z-rule select, #z-rule input:not([type=hidden])");
if (asked) asked.focus();
