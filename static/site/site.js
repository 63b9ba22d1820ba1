/* Extras for browsers with scripts; every page works without them.

   Written for browsers of 2017 and later: no syntax and nothing of the page's own tools is younger,
   unless it is asked for first.

   Leave: blank the page at once, forget what was typed, and take this page's place in the history.
   Three presses of Shift, one after the other, do the same. Errors take the focus. */
(() => {
  "use strict";
  const exit = document.querySelector(".bar__leave");

  const leave = () => {
    for (let at = 0; at < document.forms.length; at += 1) document.forms[at].reset();
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
      presses = event.key === "Shift" ? presses.concat(event.timeStamp).slice(-3) : [];
      if (presses.length === 3 && event.timeStamp - presses[0] < 1500) leave();
    });
  }

  const errors = document.querySelector(".errors");
  if (errors && document.activeElement === document.body) {
    errors.tabIndex = -1;
    errors.focus();
  }
})();

/* On paper every fold is open, in browsers whose style sheets cannot open one too. */
(() => {
  "use strict";
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [].slice.call(document.querySelectorAll("details:not([open])"));
    opened.forEach((fold) => (fold.open = true));
  });
  addEventListener("afterprint", () => opened.forEach((fold) => (fold.open = false)));
})();

/* On the tip pages: no filled form left behind the Back button once the receipt was shown. */
(() => {
  "use strict";
  if (!window.BroadcastChannel) return;

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
})();

/* On the tip pages: a progress bar while photos are on their way.

   The address and the history stay as they are: reload, Back and a restored tab send again what they
   would send without this script, and so bring the receipt's code back. A press that cannot be
   finished here is the browser's own. */
(() => {
  "use strict";
  let underWay = false;
  let failed = 0; // one after the other

  const parsed = (html) => new DOMParser().parseFromString(html, "text/html");

  // Not what a filter, a hotel's log-in page or a copy of ours from somewhere says in our place.
  const isOurs = (page, form) => {
    const code = page.querySelector("#main [name=code]");
    return (
      code &&
      code.form.getAttribute("action") === form.getAttribute("action") &&
      (code.value || page.querySelector("#main [role=alert]"))
    );
  };

  const show = (page) => {
    const old = document.querySelector("#main");
    old.parentNode.replaceChild(document.adoptNode(page.querySelector("#main")), old);
    document.title = page.title;
    document.body.className = page.body.className;
    scrollTo(0, 0);
    document.querySelector("#main [autofocus], #main").focus();
  };

  // Throws where this browser cannot do it, and nothing has left then.
  const send = (form) => {
    const button = form.querySelector("[type=submit]");
    const said = form.querySelector("[data-sending]");
    const bar = document.createElement("progress");
    const request = new XMLHttpRequest();
    const say = (words) => {
      said.textContent = words;
      said.appendChild(bar);
    };
    const stop = () => {
      underWay = button.disabled = false;
      said.textContent = said.dataset.lost;
    };
    const fail = () => {
      failed += 1;
      stop();
    };

    parsed("<p>").querySelector("p").textContent;
    request.open("POST", form.action);
    request.upload.onprogress = ({ loaded, total }) => {
      bar.max = total;
      bar.value = loaded;
    };
    request.upload.onload = () => {
      bar.removeAttribute("value");
      say(said.dataset.arrived);
    };
    request.onerror = request.onabort = request.ontimeout = fail;
    request.onload = () => {
      if (request.status !== 200 && request.status !== 429) return stop();
      try {
        const page = parsed(request.responseText);
        if (!isOurs(page, form)) return stop();
        show(page);
        underWay = false;
        failed = 0;
      } catch (error) {
        // It arrived and cannot be shown here; sent again it is stored once.
        HTMLFormElement.prototype.submit.call(form);
      }
    };
    request.send(new FormData(form));

    underWay = button.disabled = true;
    said.hidden = false;
    bar.setAttribute("aria-label", said.dataset.sending);
    say(said.dataset.sending);
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const photos = form.querySelector("[name=photos]");
    if (!photos || !photos.files || !photos.files.length) return;
    if (underWay) return event.preventDefault();
    // Twice in vain: perhaps something between here and there stops scripts alone.
    if (failed > 1) {
      failed = 0;
      return;
    }
    try {
      send(form);
    } catch (error) {
      return;
    }
    event.preventDefault();
  });
})();
