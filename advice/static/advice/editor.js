// The editor of articles: a plain text area, the shop's own preview beside it, pictures dropped in.
(() => {
  const PAUSE = 400; // milliseconds without typing before the preview is asked for

  const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;

  const send = (url, fields) => {
    const body = new FormData();
    Object.entries(fields).forEach(([name, value]) => body.append(name, value));
    return fetch(url, { method: "POST", headers: { "X-CSRFToken": token() }, body });
  };

  const start = (editor) => {
    const text = editor.querySelector("textarea");
    const shown = editor.querySelector(".advice-editor-shown");
    const pick = editor.querySelector("input[type=file]");
    let timer = 0;
    let asked = 0;

    const preview = async () => {
      asked += 1;
      const mine = asked;
      const name = text.name;
      try {
        const answer = await send(editor.dataset.preview, { text: text.value, name });
        if (!answer.ok) throw new Error(answer.status);
        const html = await answer.text();
        if (mine === asked) shown.innerHTML = html; // cleaned by the server, as for readers
      } catch {
        if (mine === asked) shown.textContent = editor.dataset.failed;
      }
    };
    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(preview, PAUSE);
    };

    const insert = (words) => {
      text.setRangeText(words, text.selectionStart, text.selectionEnd, "end");
      text.dispatchEvent(new Event("input", { bubbles: true }));
    };

    const add = async (file) => {
      const alt = window.prompt(editor.dataset.ask, "");
      if (!alt) return;
      const answer = await send(editor.dataset.drop, { picture: file, alt });
      const told = await answer.json();
      if (answer.ok) insert(`\n\n![${told.alt}](${told.reference})\n\n`);
      else window.alert(told.message);
    };
    const addAll = async (files) => {
      for (const file of files) if (file.type.startsWith("image/")) await add(file);
    };

    text.addEventListener("input", soon);
    text.addEventListener("dragover", (event) => {
      event.preventDefault();
      text.classList.add("is-over");
    });
    text.addEventListener("dragleave", () => text.classList.remove("is-over"));
    text.addEventListener("drop", (event) => {
      text.classList.remove("is-over");
      if (!event.dataTransfer.files.length) return;
      event.preventDefault();
      addAll(event.dataTransfer.files);
    });
    text.addEventListener("paste", (event) => {
      if (!event.clipboardData.files.length) return;
      event.preventDefault();
      addAll(event.clipboardData.files);
    });
    pick.addEventListener("change", async () => {
      await addAll(pick.files);
      pick.value = "";
    });
    if (text.value) preview();
  };

  const begin = () => document.querySelectorAll(".advice-editor").forEach(start);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
