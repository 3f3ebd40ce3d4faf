// Quick exit: blanks the page at once, forgets the conversation, and puts a neutral site in this
// page's place, so that "back" does not return here.

const WITHIN_MS = 1500;

/** The open conversation's token, "" when there is none. */
export function chatToken() {
  return document.querySelector("#live [data-chat], #transcript [data-chat]")?.dataset.chat ?? "";
}

/** Ask the server to forget the conversation; works while the page is going away. */
export function forget(token = chatToken()) {
  if (token) navigator.sendBeacon("./lamplight/forget", token);
}

function leave() {
  const { exit } = document.body.dataset;
  forget();
  document.title = " ";
  document.documentElement.style.background = "#fff";
  document.body.replaceChildren();
  location.replace(exit);
}

export function startExit() {
  document.getElementById("quick-exit").addEventListener("click", leave);
  let presses = [];
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Shift") presses = []; // a capital letter is not a press of Shift alone
      else if (!event.repeat) {
        presses = [...presses.slice(-2), event.timeStamp];
        if (presses.length === 3 && presses[2] - presses[0] <= WITHIN_MS) leave();
      }
    },
    true,
  );
  window.addEventListener("pagehide", (event) => {
    if (!event.persisted) forget();
  });
}
