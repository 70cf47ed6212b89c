// Forms whose answer is a secret of a program, or a token of one's own.
import { shownOnce } from "./once.js";

const panel = document.getElementById("new-secret");
const [id, value] = panel.querySelectorAll("input");

shownOnce("secret", panel, value, {
  fill(data) {
    // A token stands alone; a program's secret goes with its id.
    id.value = data.secret ? data.id : "";
    id.closest("[data-of]").hidden = !data.secret;
    value.value = data.secret ?? data.token ?? "";
    return Boolean(value.value);
  },
  // The list shows what was made, and can make another.
  repeated: () => location.reload(),
});
