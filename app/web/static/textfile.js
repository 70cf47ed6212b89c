// A file whose text is handed in: <input type="file" data-text-into="id">. It is read here and sent with the form.
for (const chosen of document.querySelectorAll("input[data-text-into]")) {
  chosen.addEventListener("change", async () => {
    const [file] = chosen.files;
    if (file) document.getElementById(chosen.dataset.textInto).value = await file.text();
  });
}
