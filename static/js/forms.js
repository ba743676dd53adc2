// A form is sent once, however often the button is pressed. The server is safe against doubles without this too.

const AGAIN_AFTER = 8000;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sending) {
    event.preventDefault();
    return;
  }
  if (!event.defaultPrevented) {
    form.dataset.sending = "yes";
    // A dead connection must not leave a button that never works again.
    setTimeout(() => delete form.dataset.sending, AGAIN_AFTER);
  }
});

// Back brings a page with its memory: let its form be sent again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sending]")) {
    delete form.dataset.sending;
  }
});
