// Forms whose answer is a link for somebody else.
import { shownOnce } from "./once.js";

const panel = document.getElementById("new-link");
const address = panel.querySelector("input");

shownOnce("link", panel, address, {
  fill({ link }) {
    if (link) address.value = new URL(link, location.origin).href;
    return Boolean(link);
  },
  // None was made, or it was shown already: the list of people says what waits, and can make a new one.
  repeated: () => (location.pathname === "/staff/new" ? location.assign("/staff") : location.reload()),
});
