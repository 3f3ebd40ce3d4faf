// "Get help now": a dialog that is whole in the page already. Here it is opened, and narrowed to
// one country, first guessed from the browser's language.
import { fill } from "./gradio.js";

const ANYWHERE = "XX";

function preset(codes) {
  for (const language of navigator.languages ?? [navigator.language]) {
    try {
      const locale = new Intl.Locale(language);
      if (codes.includes(locale.region)) return locale.region;
      const likely = locale.region ?? locale.maximize().region;
      if (locale.language !== "en" && codes.includes(likely)) return likely;
      if (locale.region) return ANYWHERE; // a country that we know of, and have no lines for
    } catch {
      continue; // not a language tag
    }
  }
  const usual = document.body.dataset.country;
  return codes.includes(usual) ? usual : ANYWHERE;
}

function show(code) {
  for (const place of document.querySelectorAll("#help [data-place]")) {
    place.hidden = place.dataset.place !== code;
  }
}

export function startHelp() {
  const dialog = document.getElementById("help");
  const button = document.getElementById("get-help");
  const picker = document.getElementById("country-picker");
  let opener = button;

  const open = (from) => {
    opener = from;
    if (!dialog.open) dialog.showModal();
  };
  button.setAttribute("role", "button");
  button.setAttribute("aria-haspopup", "dialog");
  button.addEventListener("keydown", (event) => {
    if (event.key === " ") {
      event.preventDefault();
      open(button);
    }
  });
  document.addEventListener("click", (event) => {
    const from = event.target.closest("#get-help, [data-open-help]");
    if (from) {
      event.preventDefault();
      open(from);
    }
    if (event.target === dialog || event.target.closest("[data-close-help]")) dialog.close();
  });
  dialog.addEventListener("close", () => (opener.isConnected ? opener : button).focus());
  if (location.hash === "#help") open(button);

  if (!picker) return;
  picker.value = preset([...picker.options].map((option) => option.value));
  show(picker.value);
  fill("#country", picker.value);
  picker.addEventListener("change", () => {
    show(picker.value);
    fill("#country", picker.value);
  });
}
