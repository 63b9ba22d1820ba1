// Bare letters press the verdicts of the pile while the focus is in its head (WCAG 2.1.4); elsewhere
// the access keys do, and without scripts they alone.
const head = document.querySelector(".tip-head");
head?.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  const button = head.parentElement.querySelector(`[aria-keyshortcuts="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!button) return;
  event.preventDefault();
  if (button.hash === "#answer") document.getElementById("answer")?.focus();
  else button.click();
});
