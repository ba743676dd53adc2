// "Leave this page": instantly blank, answers saved, the browser on a page that tells nobody anything.
// Without this script the link does the same, only slower.

const SHIFTS = 3;
const WITHIN = 5000;

const link = document.querySelector("[data-leave]");

function blank() {
  document.title = " ";
  document.body.replaceChildren();
  document.body.hidden = true;
}

function tellServer() {
  const form = document.querySelector("form[data-autosave]");
  if (form) {
    // One request saves and leaves: two would race each other out of a closing page.
    const url = new URL(form.dataset.autosave, location.href);
    url.searchParams.set("leaving", "1");
    navigator.sendBeacon(url, new FormData(form));
  } else {
    fetch(link.href, { keepalive: true, redirect: "manual", credentials: "same-origin" }).catch(() => {});
  }
}

function leave() {
  tellServer();
  blank();
  location.replace(link.dataset.leave);
}

if (link) {
  let presses = [];
  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
  document.addEventListener("keyup", (event) => {
    if (event.key !== "Shift") {
      presses = [];
      return;
    }
    const now = Date.now();
    presses = [...presses.filter((at) => now - at < WITHIN), now];
    if (presses.length >= SHIFTS) {
      leave();
    }
  });
  for (const hint of document.querySelectorAll("[data-leave-hint]")) {
    hint.hidden = false;
  }
}

// A page the browser kept alive would show after Back what leaving was meant to hide.
addEventListener("pageshow", (event) => {
  if (event.persisted) {
    location.reload();
  }
});
