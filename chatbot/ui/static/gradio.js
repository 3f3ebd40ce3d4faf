// The only file that knows how Gradio's parts look from outside.

/** Resolves with the element once Gradio has drawn it. */
export function drawn(selector) {
  return new Promise((resolve) => {
    const look = () => {
      const found = document.querySelector(selector);
      if (found) {
        observer.disconnect();
        resolve(found);
      }
    };
    const observer = new MutationObserver(look);
    observer.observe(document.body, { childList: true, subtree: true });
    look();
  });
}

/** Put a value into one of Gradio's text boxes as if it had been typed. */
export async function fill(id, value) {
  const box = await drawn(`${id} textarea, ${id} input`);
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(box), "value").set.call(box, value);
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Lets Gradio take in what was filled before something is clicked. */
export function settled() {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
