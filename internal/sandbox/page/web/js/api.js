// The control API of the simulators, by way of the daemon.
const base = "/sandbox/api/";

// Refused is an answer that is no success, in the words of who refused.
export class Refused extends Error {
  constructor(status, body) {
    super(body?.message || body?.detail || "HTTP " + status);
    this.status = status;
    this.hint = body?.hint || "";
  }
}

async function call(method, path, body) {
  const res = await fetch(base + path, {
    method, cache: "no-store", credentials: "omit",
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = await res.json().catch(() => null);
  if (!res.ok) throw new Refused(res.status, answer);
  return answer;
}

const query = (values) => new URLSearchParams(Object.entries(values).filter(([, v]) => v !== "" && v !== undefined && v !== null));

export const api = {
  world: () => call("GET", "world"),
  commands: (where) => call("GET", "commands?" + query(where)),
  messages: (where) => call("GET", "messages?" + query(where)),
  send: (r) => call("POST", "send", r),
  click: (r) => call("POST", "click", r),
  modal: (r) => call("POST", "modal", r),
  voice: (r) => call("POST", "voice", r),
  invite: (bot, guild) => call("POST", "invite", { bot, guild }),
  players: (node) => call("GET", `nodes/${encodeURIComponent(node)}/players`),
  reset: () => call("POST", "reset"),
  faults: () => call("GET", "faults"),
  setFault: (name, args) => call("PUT", "faults/" + encodeURIComponent(name), { args }),
  clearFault: (name, args) => call("DELETE", `faults/${encodeURIComponent(name)}?` + query(args || {})),
  clearFaults: () => call("DELETE", "faults"),
};

export const audioURL = (identifier) => base + "audio/" + encodeURIComponent(identifier);

// picture is the address of a picture as the page may load it: those of the
// simulators come by way of the daemon, others are not loaded.
export function picture(url) {
  const at = /^https?:\/\/[^/]+\/sim\/v1\/artwork\/([^/?#]+)$/.exec(url || "");
  return at ? base + "artwork/" + at[1] : null;
}

// follow listens to the stream for ever. tell gets (event, data); state gets
// whether the stream stands.
export function follow(tell, state) {
  let source, again;
  const open = () => {
    source = new EventSource(base + "stream");
    for (const name of ["world", "message", "voice", "players", "faults"]) {
      source.addEventListener(name, (e) => {
        state(true);
        tell(name, JSON.parse(e.data));
      });
    }
    source.onerror = () => {
      state(false);
      if (source.readyState !== EventSource.CLOSED) return; // it tries again by itself
      clearTimeout(again);
      again = setTimeout(open, 1500);
    };
  };
  open();
}
