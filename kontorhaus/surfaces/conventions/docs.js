// Tries operations with one's own token; it is sent to this server only and never kept.

/** What the fields of a form ask for: address, headers and body of the request. */
function requestOf(form) {
  const { method, path, media } = form.dataset;
  const query = new URLSearchParams();
  const headers = {};
  let address = path;
  let body;
  for (const field of form.querySelectorAll("[data-place]")) {
    const { place } = field.dataset;
    if (place === "file") {
      body = new FormData();
      if (field.files.length) body.append("file", field.files[0]);
    } else if (place === "body") {
      body = media.endsWith("urlencoded") ? new URLSearchParams(JSON.parse(field.value || "{}")) : field.value;
      if (media.endsWith("json")) headers["Content-Type"] = media;
    } else if (place === "path") {
      address = address.replace(`{${field.name}}`, encodeURIComponent(field.value));
    } else if (field.value && place === "query") {
      query.set(field.name, field.value);
    } else if (field.value) {
      headers[field.name] = field.value;
    }
  }
  const token = form.closest("[data-surface]").querySelector("[data-token]").value.trim();
  if (token) headers.Authorization = `Bearer ${token}`;
  return [address + (query.size ? `?${query}` : ""), { method, headers, body, credentials: "omit" }];
}

/** An answer as text; a file is told by its kind and size. */
async function told(answer) {
  const kind = answer.headers.get("Content-Type") ?? "";
  if (kind.includes("json")) {
    const text = await answer.text();
    return text.length < 200_000 ? JSON.stringify(JSON.parse(text), null, 2) : text.slice(0, 200_000);
  }
  const content = await answer.blob();
  return content.size ? `${kind}, ${content.size} bytes` : "";
}

async function send(event) {
  event.preventDefault();
  const form = event.target;
  const output = form.parentElement.querySelector(".answer");
  const head = document.createElement("p");
  const body = document.createElement("pre");
  output.hidden = false;
  try {
    const answer = await fetch(...requestOf(form));
    output.classList.toggle("is-refused", !answer.ok);
    head.textContent = `${answer.status} · request ${answer.headers.get("X-Request-Id")} · `
      + `${answer.headers.get("X-Rate-Limit-Remaining")} requests left this minute`;
    body.textContent = await told(answer);
  } catch (error) {
    output.classList.add("is-refused");
    head.textContent = error.message;
  }
  output.replaceChildren(head, ...(body.textContent ? [body] : []));
}

/** Shows only the operations that hold every word. */
function find(event) {
  const words = event.target.value.toLowerCase().split(/\s+/);
  for (const one of document.querySelectorAll(".operation")) {
    const text = one.querySelector("summary").textContent.toLowerCase();
    one.hidden = !words.every((word) => text.includes(word));
  }
  for (const heading of document.querySelectorAll("h3")) {
    let next = heading.nextElementSibling;
    while (next?.matches(".operation[hidden]")) next = next.nextElementSibling;
    heading.hidden = !next?.matches(".operation");
  }
}

document.addEventListener("submit", send);
document.getElementById("find").addEventListener("input", find);
