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
  if (errors && document.activeElement === document.body) {
    errors.tabIndex = -1;
    errors.focus();
  }
})();

/* On the tip pages: a progress bar while photos are on their way, and no filled form left behind the
   Back button once the receipt was shown. */
(() => {
  "use strict";

  // Chromium drops a page from its memory when a message comes for it; others load it anew.
  const sent = document.querySelector("[data-sent]");
  const open = document.querySelector("[data-submission]");
  if (sent) {
    const channel = new BroadcastChannel(sent.dataset.sent);
    channel.postMessage("received");
    channel.close();
  }
  if (open) {
    new BroadcastChannel(open.dataset.submission).onmessage = () => location.replace("");
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.elements.photos?.files.length) return;
    event.preventDefault();

    const button = form.querySelector("[type=submit]");
    const said = form.querySelector("[data-sending]");
    const bar = document.createElement("progress");
    const request = new XMLHttpRequest();
    const say = (words) => said.replaceChildren(words, bar);
    const stop = () => {
      button.disabled = false;
      said.replaceChildren(said.dataset.lost);
    };

    button.disabled = true;
    said.hidden = false;
    bar.ariaLabel = said.dataset.sending;
    say(said.dataset.sending);
    request.open("POST", form.action);
    request.upload.onprogress = ({ loaded, total }) => {
      bar.max = total;
      bar.value = loaded;
    };
    request.upload.onload = () => {
      bar.removeAttribute("value");
      say(said.dataset.arrived);
    };
    request.onerror = stop;
    request.onload = () => {
      if (request.status !== 200 && request.status !== 429) return stop();
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      for (const part of ["#main", ".sprite"]) {
        document.querySelector(part).replaceWith(page.querySelector(part));
      }
      document.title = page.title;
      document.body.className = page.body.className;
      history.replaceState(null, "", form.action);
      scrollTo(0, 0);
      document.querySelector("#main [autofocus], #main").focus();
    };
    request.send(new FormData(form));
  });
})();
