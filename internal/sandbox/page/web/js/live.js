// Keeps the state in step with the simulators.
import { api, follow } from "./api.js";
import { state, emit, me } from "./state.js";
import { setLanguage } from "./i18n.js";

const pollEvery = 4000;

// place chooses what is shown; what is left out stays. The address of the page
// follows, so that each tab keeps its user.
export function place({ user = state.user, guild = state.guild, channel = state.channel }) {
  const g = state.world.guilds.find((x) => x.id === guild);
  state.user = user;
  if (guild && (!g || !g.members.includes(user))) guild = state.world.guilds.find((x) => x.members.includes(user))?.id || "";
  if (guild) {
    const texts = state.world.guilds.find((x) => x.id === guild).channels.filter((c) => c.type === 0);
    if (!texts.some((c) => c.id === channel)) channel = texts[0]?.id || "";
  }
  Object.assign(state, { guild, channel, messages: new Map(), denied: false });
  state.unread.delete(channel);
  setLanguage(me()?.locale);
  remember();
  emit("place");
  return Promise.all([loadMessages(), loadCommands()]);
}

function remember() {
  const url = new URL(location.href);
  const g = state.world.guilds.find((x) => x.id === state.guild);
  url.searchParams.set("user", state.user);
  for (const [key, value] of [["guild", g?.name], ["channel", g ? g.channels.find((c) => c.id === state.channel)?.name : null],
    ["dm", g ? null : state.world.bots.find((b) => b.application_id === state.channel)?.name]]) {
    if (value) url.searchParams.set(key, value);
    else url.searchParams.delete(key);
  }
  history.replaceState(null, "", url);
}

// where names the place that is shown for the API.
export const where = () => ({ guild: state.guild, channel: state.channel, user: state.user });

async function loadMessages() {
  const at = state.channel, user = state.user;
  let list = [], denied = false;
  try {
    list = await api.messages({ ...where(), limit: 80 });
  } catch (e) {
    denied = e.status === 403;
  }
  if (at !== state.channel || user !== state.user) return;
  state.messages = new Map(list.map((s) => [s.message.id, { message: s.message, ephemeral: s.ephemeral }]));
  state.denied = denied;
  emit("messages");
}

async function loadCommands() {
  const at = state.channel;
  const list = await api.commands(state.guild ? { guild: state.guild } : where()).catch(() => []);
  if (at !== state.channel) return;
  state.commands = list;
  emit("commands");
}

export async function loadPlayers() {
  await Promise.all((state.world?.nodes || []).map(async (n) => {
    const players = await api.players(n.name).catch(() => null);
    if (players) state.nodes.set(n.name, players);
  }));
  emit("players");
}

export async function loadFaults() {
  const answer = await api.faults().catch(() => null);
  state.faults = answer?.faults || null;
  emit("faults");
}

async function loadWorld() {
  const first = !state.world;
  state.world = await api.world();
  if (first) {
    const q = new URLSearchParams(location.search);
    const u = state.world.users.find((x) => x.name === q.get("user")) || state.world.users[0];
    const g = state.world.guilds.find((x) => x.name === q.get("guild")) || state.world.guilds[0];
    const dm = state.world.bots.find((b) => b.name === q.get("dm"));
    const c = g.channels.find((x) => x.name === q.get("channel") && x.type === 0);
    emit("world");
    return place({ user: u.name, guild: dm ? "" : g.id, channel: dm ? dm.application_id : c?.id });
  }
  emit("world");
  // A world that was reset has other ids; a guild or a channel may be gone.
  const g = state.world.guilds.find((x) => x.id === state.guild);
  const lost = state.guild ? !g?.members.includes(state.user) || !g.channels.some((c) => c.id === state.channel)
    : !state.world.bots.some((b) => b.application_id === state.channel);
  return lost ? place({ guild: g?.id || state.world.guilds[0].id }) : Promise.all([loadMessages(), loadCommands()]);
}

function tellMessage(e) {
  if (e.ephemeral_to && e.ephemeral_to !== me()?.id) return;
  const author = e.message.author?.id;
  const direct = !e.guild;
  if (direct && e.user !== me()?.id) return;
  // A direct channel is named by its bot here.
  const dm = direct && state.world.dms.find((d) => d.id === e.channel)?.bot_id || (direct ? author : "");
  const here = direct ? !state.guild && (dm === state.channel || state.messages.has(e.message.id)) : e.channel === state.channel;
  if (!here) {
    if (e.op === "create") {
      state.unread.add(direct ? dm : e.channel);
      emit("unread");
    }
    return;
  }
  if (e.op === "delete") state.messages.delete(e.message.id);
  else state.messages.set(e.message.id, { message: e.message, ephemeral: Boolean(e.ephemeral_to) });
  emit("messages", e.message.id);
}

export function live() {
  let loading = Promise.resolve();
  const tell = {
    world: () => {
      loading = loading.then(loadWorld).then(() => Promise.all([loadPlayers(), loadFaults()])).catch(() => {});
    },
    message: (e) => loading.then(() => tellMessage(e)),
    voice: (e) => loading.then(() => {
      const g = state.world.guilds.find((x) => x.id === e.guild);
      if (g) g.voice = e.states;
      emit("voice");
    }),
    players: (e) => {
      state.nodes.set(e.node, e.players);
      emit("players");
    },
    faults: loadFaults,
  };
  follow((name, data) => tell[name](data), (online) => {
    if (online === state.online) return;
    state.online = online;
    emit("connection");
  });
  // The stream tells no positions: those are asked for, so that what is heard
  // stays where the node is.
  setInterval(() => {
    if (state.online && [...state.nodes.values()].some((p) => p.length)) loadPlayers();
  }, pollEvery);
}
