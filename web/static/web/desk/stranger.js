// Somebody is logged in who has no desk, where a desk was open before: its lists are not for them. What waits to be sent
// names those who did it, and stays for them.
import { sheetsWipe } from "./store.js";

const { sheet } = document.querySelector("script[data-sheet]").dataset;
const answer = await fetch(sheet, { cache: "no-store", redirect: "manual" });
if (answer.status === 403) await sheetsWipe();
