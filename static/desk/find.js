// Back from a tip, and a reload, ask for these results again instead of sending the form once more.
// The address names the search by the id of its event. Without scripts the tip's page has the link.
const results = document.querySelector("[data-again]");
if (results) history.replaceState(null, "", results.dataset.again);
