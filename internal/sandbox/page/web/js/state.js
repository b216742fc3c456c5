// What the page knows. Whoever shows something listens to a topic: world,
// voice, place (guild, channel or user changed), messages, players, faults,
// connection, commands.
export const state = {
  world: null,
  user: "", // name
  guild: "", // id; empty in a direct channel
  channel: "", // id of a text channel, or of a bot for a direct channel
  commands: [],
  messages: new Map(), // of the place that is shown: id -> {message, ephemeral}
  denied: false,
  nodes: new Map(), // name -> players
  faults: null, // null where the simulators do not list any
  online: true,
  unread: new Set(), // ids of channels and of bots
};

const listeners = new Map();

export function on(topics, f) {
  for (const topic of topics.split(" ")) {
    if (!listeners.has(topic)) listeners.set(topic, []);
    listeners.get(topic).push(f);
  }
}

export function emit(topic, detail) {
  for (const f of listeners.get(topic) || []) f(detail);
}

export const guild = () => state.world?.guilds.find((g) => g.id === state.guild);
export const me = () => state.world?.users.find((u) => u.name === state.user);
export const bot = (id) => state.world?.bots.find((b) => b.application_id === id);
export const channel = () => guild()?.channels.find((c) => c.id === state.channel);

// who is a person or a bot by id: {id, name, bot}.
export function who(id) {
  const u = state.world?.users.find((x) => x.id === id);
  if (u) return { id, name: u.name, bot: false, locale: u.locale };
  const b = bot(id);
  return b ? { id, name: b.name, bot: true } : null;
}

// placeName is how the place that is shown is called.
export function placeName() {
  if (!state.guild) return "@" + (bot(state.channel)?.name || "");
  const c = channel();
  return c ? "#" + c.name : "";
}

// voiceOf is the voice state of somebody anywhere; Discord lets people be in
// voice in one guild only, bots in one channel of each.
export function voiceOf(id, guildID) {
  for (const g of state.world?.guilds || []) {
    if (guildID && g.id !== guildID) continue;
    const v = g.voice.find((x) => x.user_id === id);
    if (v) return v;
  }
  return null;
}

export const isVoice = (c) => c.type === 2 || c.type === 13;
export const title = (name) => name.slice(0, 1).toUpperCase() + name.slice(1);
