/* Extras for browsers with scripts; every page works without them.
   Leave: blank the page at once, forget what was typed, and take this page's place in the history.
   Three presses of Shift, one after the other, do the same. Errors take the focus. */
(() => {
  "use strict";
  const exit = document.querySelector(".bar__leave");

  const leave = () => {
    for (const form of document.forms) form.reset();
    document.title = "";
    document.documentElement.hidden = true;
    location.replace(exit.href);
  };

  if (exit) {
    exit.addEventListener("click", (event) => {
      event.preventDefault();
      leave();
    });

    let presses = [];
    addEventListener("keydown", (event) => {
      if (event.repeat) return;
      presses = event.key === "Shift" ? [...presses, event.timeStamp].slice(-3) : [];
      if (presses.length === 3 && event.timeStamp - presses[0] < 1500) leave();
    });
  }

  const errors = document.querySelector(".errors");
  if (errors) {
    errors.tabIndex = -1;
    errors.focus();
  }
})();
