// Runs before anything is drawn: tells Gradio that it is the page's app, and picks light or dark.
window.__gradio_mode__ = "app";
document.documentElement.classList.add("js");
document.body.classList.toggle("dark", matchMedia("(prefers-color-scheme: dark)").matches);
