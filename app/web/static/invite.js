// Forms whose answer is a link for somebody else.
import { shownOnce } from "./once.js";

const panel = document.getElementById("new-link");
const address = panel.querySelector("input");

shownOnce("link", panel, address, {
  fill({ link }) {
    if (link) address.value = new URL(link, location.origin).href;
    return Boolean(link);
  },
  // The list of people can make a new one.
  repeated: () => location.assign("/staff"),
});
