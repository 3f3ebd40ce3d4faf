// Asking, counting, announcing, keeping the new reply in sight. The server draws the conversation.
import { drawn, fill, settled } from "./gradio.js";

const NEAR = 0.9;
const SETTLE_MS = 400;
const limit = Number(document.body.dataset.limit);
const points = (text) => [...text].length; // code points, as the server counts
const say = (text) => {
  document.getElementById("announce").textContent = text;
};

async function ask(question) {
  await fill("#message", question);
  await settled();
  document.getElementById("send").click();
}

function count(box) {
  if (!box.value) box.style.height = "auto"; // Gradio leaves it as tall as the sent message was
  const counter = document.getElementById("counter");
  const used = points(box.value);
  const over = used - limit;
  const near = used > limit * NEAR;
  document.getElementById("hint-keys").hidden = near;
  counter.textContent =
    over > 0
      ? `${over} characters too long: shorten it to send`
      : near
        ? `${-over} characters left`
        : "";
  if (over > 0 && !counter.classList.contains("over")) say("This message is too long to send.");
  counter.classList.toggle("over", over > 0);
}

/** What a screen reader says of a finished reply: its words, without markers and buttons. */
function spoken(reply) {
  const said = reply.querySelector(".say").cloneNode(true);
  for (const silent of said.querySelectorAll(".cite, button")) silent.remove();
  const words = [...said.querySelectorAll("h4, p, li, .sentence")]
    .filter((part) => !part.querySelector("p, li, .sentence"))
    .map((part) => part.textContent.replace(/\s+/g, " ").trim());
  return `Lamplight replied: ${words.filter(Boolean).join(" ")}`;
}

function watchReplies(live, strip, box) {
  let begun = "";
  let announced = "";
  let following = false;
  const follow = () => following && live.scrollIntoView({ block: "start", behavior: "instant" });
  const leave = () => (following = false);
  for (const moved of ["wheel", "touchmove", "keydown", "mousedown"]) {
    document.addEventListener(moved, leave, { passive: true });
  }
  measure(strip, "--strip-height", follow);
  const look = () => {
    count(box); // the server empties the box, or gives the words back
    const reply = live.querySelector("[data-turn]");
    const turn = reply && live.querySelector("[data-chat]").dataset.chat + reply.dataset.turn;
    if (live.querySelector(".waiting") || (reply && turn !== begun)) following = true;
    begun = turn;
    follow();
    if (!reply?.matches("[data-done]")) return;
    setTimeout(leave, SETTLE_MS);
    if (turn === announced) return; // drawn anew, for another country's lines
    announced = turn;
    say(spoken(reply));
  };
  new MutationObserver(look).observe(live, { childList: true, subtree: true });
}

function startBox(box) {
  box.setAttribute("aria-describedby", "hint-keys");
  box.addEventListener("input", () => count(box));
  const stopIfTooLong = (event) => {
    if (points(box.value) <= limit) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    say("This message is too long to send.");
  };
  document.addEventListener(
    "click",
    (event) => event.target.closest("#send") && stopIfTooLong(event),
    true,
  );
  document.addEventListener(
    "keypress",
    (event) => {
      if (event.target === box && event.key === "Enter" && !event.shiftKey) stopIfTooLong(event);
    },
    true,
  );
}

/** Keeps a measure of the style sheets equal to the height of something on the page. */
function measure(element, name, then = () => {}) {
  new ResizeObserver(() => {
    document.documentElement.style.setProperty(name, `${element.offsetHeight}px`);
    then();
  }).observe(element);
}

export async function startConversation() {
  document.addEventListener("click", (event) => {
    const asked = event.target.closest("[data-ask]");
    if (asked) ask(asked.dataset.ask);
    if (event.target.closest("#send, #restart, [data-ask], .skip")) {
      if (event.target.matches(".skip")) event.preventDefault();
      document.querySelector("#message textarea").focus({ preventScroll: true });
    }
    if (event.target.closest("#restart")) {
      say("A new conversation has started.");
      window.scrollTo(0, 0);
    }
  });
  measure(document.querySelector(".bar"), "--bar-height");
  const box = await drawn("#message textarea");
  startBox(box);
  watchReplies(await drawn("#live"), await drawn("#strip"), box);
  const all = { childList: true, subtree: true };
  new MutationObserver(() => count(box)).observe(await drawn("#problem"), all);
  document.getElementById("loading").hidden = true;
  document.body.classList.add("ready");
}
