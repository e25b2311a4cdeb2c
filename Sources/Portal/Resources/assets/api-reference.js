// Sends what a form of the API reference describes, with the token that the reader pasted, and shows the answer.

const token = document.querySelector("#api-token");

async function send(form) {
  let path = form.dataset.path;
  const query = new URLSearchParams();
  const headers = { Accept: "application/json" };
  for (const input of form.querySelectorAll("[data-place]")) {
    if (input.dataset.place === "path") path = path.replace(`{${input.name}}`, encodeURIComponent(input.value));
    else if (input.value === "") continue;
    else if (input.dataset.place === "query") query.set(input.name, input.value);
    else headers[input.name] = input.value;
  }
  if (token.value) headers.Authorization = `Bearer ${token.value}`;
  const body = form.elements.body;
  if (body?.value) headers["Content-Type"] = body.dataset.type === "*/*" ? "text/plain" : body.dataset.type;
  const answer = await fetch(query.size ? `${path}?${query}` : path, {
    method: form.dataset.method,
    headers,
    body: body?.value || undefined,
    credentials: "omit",
  });
  const text = await answer.text();
  let shown = text;
  try {
    shown = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // Not every answer is JSON.
  }
  return `${answer.status} ${answer.statusText}\n\n${shown}`;
}

for (const form of document.querySelectorAll("form.api-try")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const place = form.querySelector(".api-answer");
    place.hidden = false;
    place.textContent = "…";
    try {
      place.textContent = await send(form);
    } catch (error) {
      place.textContent = `The request could not be sent: ${error.message}`;
    }
  });
}
