// Kontorhaus: one ES module, no library. It only enhances: without it every page still reads and submits.
// Server-made markup carries the behaviour as data attributes; sizes are set through CSSOM, never as style attributes (CSP).
const $ = (s, el = document) => el.querySelector(s);
const $$ = (s, el = document) => [...el.querySelectorAll(s)];
const root = document.documentElement;
const typing = el => el.matches?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

// theme: the system's unless chosen; the server reads the cookie, so that no page flashes
const remember = (name, value) => { document.cookie = `${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax`; };
document.addEventListener("click", event => {
  if (!event.target.closest("[data-theme-toggle]")) return;
  event.preventDefault();
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  remember("theme", (root.dataset.theme = dark ? "light" : "dark"));
});

// dialogs
const open = id => {
  const dialog = document.getElementById(id);
  if (!dialog || dialog.open) return;
  if (id === "keys") listKeys(dialog);
  if (id === "palette") filter("");
  dialog.showModal();
};
document.addEventListener("click", event => {
  const opener = event.target.closest("[data-open]");
  if (opener) open(opener.dataset.open);
  if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
  if (event.target.matches("dialog")) event.target.close();
});

// `?`: the keys of this page, collected from the page itself
function listKeys(dialog) {
  $("[data-keys]", dialog).replaceChildren(...$$("[data-hint]").flatMap(el => {
    const dt = document.createElement("dt"), dd = document.createElement("dd");
    for (const key of el.dataset.hint.split(" ")) { const kbd = document.createElement("kbd"); kbd.textContent = key; dt.append(kbd, " "); }
    dd.textContent = el.dataset.does ?? el.getAttribute("aria-label") ?? el.innerText.split("\n")[0];
    return [dt, dd];
  }));
}

// keyboard: Ctrl+K, ?, j/k in the current list, g and a letter, and every [data-key]
let leader = 0;
document.addEventListener("keydown", event => {
  if ((event.ctrlKey || event.metaKey) && event.key === "k") { event.preventDefault(); return open("palette"); }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || $("dialog[open]")) return;
  const place = Date.now() - leader < 900 && $(`[data-go="${CSS.escape(event.key)}"]`);
  if (place) { leader = 0; return place.click(); }
  if (event.key === "g") { leader = Date.now(); return; }
  if (event.key === "?") return open("keys");
  if (event.key === "j" || event.key === "k") return step(event.key === "j" ? 1 : -1);
  const hit = $(`[data-key="${CSS.escape(event.key)}"]`);
  // Enter belongs to the focused control, except on the chosen row of a work list: there it takes the page's main action
  const native = event.key === "Enter" && event.target.matches("a, button, summary, input") && !event.target.closest("[data-list]");
  if (hit && !native && hit.getAttribute("aria-disabled") !== "true") {
    event.preventDefault();
    if (hit.matches("input, select")) hit.focus(); else hit.click();
  }
});
const rows = () => $$("[data-list] .row, [data-list] tbody tr");
function choose(row) {
  for (const other of rows()) other.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
}
function step(by) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex(row => row.hasAttribute("aria-current"));
  const next = all[Math.max(0, Math.min(all.length - 1, at + by))];
  choose(next);
  next.scrollIntoView({ block: "nearest" });
  const link = next.matches("a") ? next : $("a", next);
  link?.focus({ preventScroll: true });
  if (next.closest("[data-follow]")) link?.click();
}
// a row that shows its details beside the list becomes the chosen one
document.addEventListener("click", event => {
  const row = event.target.closest("[data-follow] .row, [data-follow] tbody tr");
  if (row && !event.ctrlKey && !event.metaKey) choose(row);
});

$("[data-list] [aria-current]")?.scrollIntoView({ block: "nearest" });

// palette: letters narrow the list, arrows choose, Enter opens
const palette = $("#palette");
function filter(words) {
  const field = $("input", palette), hits = $$("[role=option]", palette);
  if (!words) field.value = "";
  for (const hit of hits) hit.hidden = !hit.textContent.toLowerCase().includes(words.toLowerCase());
  mark(hits.filter(hit => !hit.hidden)[0]);
}
function mark(chosen) {
  for (const hit of $$("[role=option]", palette)) hit.setAttribute("aria-selected", String(hit === chosen));
  $("input", palette).setAttribute("aria-activedescendant", chosen?.id ?? "");
  chosen?.scrollIntoView({ block: "nearest" });
}
palette?.addEventListener("input", event => filter(event.target.value.trim()));
palette?.addEventListener("keydown", event => {
  const hits = $$("[role=option]:not([hidden])", palette);
  const at = hits.findIndex(hit => hit.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    mark(hits[(at + (event.key === "ArrowDown" ? 1 : hits.length - 1)) % hits.length]);
  } else if (event.key === "Enter" && at >= 0) hits[at].click();
});

// split view: drag, arrows (2 %), Home, End, double click; kept per screen
function splitViews() {
  for (const split of $$(".split:not([data-ready])")) {
    split.dataset.ready = "";
    const bar = $(".divider", split), name = `split:${split.id}`, usual = +bar.getAttribute("aria-valuenow");
    const now = () => +bar.getAttribute("aria-valuenow");
    const set = wanted => {
      const share = Math.max(25, Math.min(70, wanted));
      split.style.setProperty("--left", `${share}%`);
      bar.setAttribute("aria-valuenow", Math.round(share));
      localStorage.setItem(name, share);
    };
    if (localStorage.getItem(name)) set(+localStorage.getItem(name));
    bar.addEventListener("keydown", event => {
      const to = { ArrowLeft: now() - 2, ArrowRight: now() + 2, Home: 25, End: 70 }[event.key];
      if (to !== undefined) { event.preventDefault(); set(to); }
    });
    bar.addEventListener("dblclick", () => set(usual));
    bar.addEventListener("pointerdown", event => {
      bar.setPointerCapture(event.pointerId);
      bar.onpointermove = move => { const box = split.getBoundingClientRect(); set((move.clientX - box.left) / box.width * 100); };
    });
    bar.addEventListener("pointerup", () => { bar.onpointermove = null; });
  }
}
splitViews();
document.addEventListener("htmx:after:swap", splitViews);

// the summary of what is wrong, or the first wrong field, gets the focus
($(".errsum") ?? $("[aria-invalid=true]"))?.focus();

// a picture of what a form would make, drawn anew while it is filled in
for (const picture of $$("img[data-preview]")) {
  const form = document.getElementById(picture.dataset.preview);
  let pause = 0;
  form.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(() => {
      const fields = new FormData(form);
      fields.delete("form_token");
      picture.src = `${picture.dataset.source}?${new URLSearchParams(fields)}`;
    }, 300);
  });
}

// copy: what a button carries goes to the clipboard, where the browser has one to give
for (const button of $$("[data-copy]")) {
  if (!navigator.clipboard) { button.remove(); continue; }
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    const toasts = $("#toasts"), toast = document.createElement("div");
    toast.className = "toast";
    toast.textContent = toasts.dataset.copied;
    toasts.replaceChildren(toast);
  });
}
