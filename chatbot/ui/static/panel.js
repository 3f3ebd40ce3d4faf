// The panel beside the chat: the sources of a reply, or a whole document.
import { chatToken } from "./exit.js";

const panel = document.getElementById("panel");
const body = document.getElementById("panel-body");
const back = panel.querySelector("[data-panel-back]");
let opener = null;
let earlier = null;

async function fetched(path, asked) {
  try {
    const answer = await fetch(`./lamplight/${path}`, {
      method: "POST",
      body: JSON.stringify(asked),
    });
    return await answer.text();
  } catch {
    return '<h2 id="panel-title" tabindex="-1">Not reachable</h2><p>The server did not answer. Try again.</p>';
  }
}

function put(html, focusOn = "#panel-title") {
  body.innerHTML = html;
  panel.hidden = false;
  document.documentElement.classList.add("panel-open");
  body.scrollTop = 0;
  const target = body.querySelector(focusOn) ?? body.querySelector("#panel-title");
  target.focus({ preventScroll: true });
  return target;
}

function close() {
  if (panel.hidden) return;
  panel.hidden = true;
  body.replaceChildren();
  document.documentElement.classList.remove("panel-open");
  mark(null);
  const again = opener?.isConnected ? opener : document.querySelector("#message textarea");
  again?.focus();
  opener = earlier = null;
}

function mark(button) {
  for (const open of document.querySelectorAll(".cite[aria-expanded]")) {
    open.removeAttribute("aria-expanded");
  }
  if (button?.matches(".cite")) button.setAttribute("aria-expanded", "true");
}

async function openCited(button) {
  const turn = Number(button.closest("[data-turn]").dataset.turn);
  const html = await fetched("cited", { chat: chatToken(), turn });
  opener = button;
  earlier = null;
  back.hidden = true;
  mark(button);
  const quoted = `mark[data-n="${button.dataset.cite ?? button.dataset.cited}"]`;
  const entry = put(html, `.entry:has(${quoted})`);
  const first = entry.matches(".entry:first-of-type");
  if (!first) entry.scrollIntoView({ block: "start" });
  else if (entry.parentElement.matches(".source ~ .source")) entry.parentElement.scrollIntoView();
  body.querySelector(quoted)?.classList.add("asked");
}

async function openDocument(button) {
  const inPanel = panel.contains(button);
  const held = inPanel ? [...body.childNodes] : null;
  const html = await fetched("document", { id: button.dataset.document });
  if (!inPanel) opener = button;
  earlier = inPanel ? { nodes: held, id: button.dataset.document } : null;
  back.hidden = !earlier;
  put(html);
}

function goBack() {
  const { nodes, id } = earlier;
  earlier = null;
  back.hidden = true;
  body.replaceChildren(...nodes);
  body.querySelector(`[data-document="${CSS.escape(id)}"]`)?.focus();
}

export function startPanel() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.matches("[data-cite], [data-cited]")) openCited(button);
    else if (button.matches("[data-document]")) openDocument(button);
    else if (button.matches("[data-close-panel]")) close();
    else if (button.matches("[data-panel-back]")) goBack();
    else if (button.closest("#restart") || button.matches('[role="tab"]')) {
      opener = button;
      close();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.getElementById("help").open) close();
  });
}
