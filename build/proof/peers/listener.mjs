// The bot whose behaviour lavalinkclient.mjs checks: discord.js carries the
// gateway's events to lavalink-client, and both note what happens.
import { Client, Events, GatewayIntentBits } from 'discord.js';
import { LavalinkManager } from 'lavalink-client';
import { Seen } from './world.mjs';

/** Listener is the two clients, and what they and the node's REST have said. */
export class Listener {
  seen = new Seen();

  answers = [];

  constructor(view, me, nodes = view.nodes.slice(0, 1), more = {}) {
    this.watchAnswers(nodes.map((n) => n.address));
    this.client = new Client({
      intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildVoiceStates],
      rest: { api: view.rest_url.replace(/\/v10$/, '') },
    });
    this.manager = this.makeManager(nodes, me, more);
    const { client, manager, seen } = this;
    client.once(Events.ClientReady, () => seen.note('ready'));
    client.on(Events.Raw, (p) => { manager.sendRawData(p); });
    client.on(Events.Error, (e) => seen.note('trouble', { message: e.message }));
  }

  // watchAnswers notes how the node's REST answered; the requests and the
  // answers pass unchanged.
  watchAnswers(addresses) {
    const real = globalThis.fetch;
    globalThis.fetch = async (url, options) => {
      const answer = await real(url, options);
      const { host, pathname } = new URL(url);
      if (addresses.includes(host)) {
        const body = answer.status >= 400 ? await answer.clone().text() : '';
        this.answers.push({ host, method: options?.method ?? 'GET', path: pathname, status: answer.status, body });
      }
      return answer;
    };
  }

  makeManager(nodes, me, { ofNode, ...more }) {
    const { seen } = this;
    const manager = new LavalinkManager({
      nodes: nodes.map(({ name, address, password }) => {
        const [host, port] = address.split(':');
        return { id: name, host, port: Number(port), authorization: password, retryDelay: 200, retryAmount: 1000, ...ofNode };
      }),
      sendToShard: (guild, payload) => this.client.guilds.cache.get(guild)?.shard.send(payload),
      client: { id: me.application_id, username: me.name },
      autoSkip: true,
      // Otherwise the library drops a player that was kicked, in a race with
      // what the node has to say about it.
      playerOptions: { onDisconnect: { destroyPlayer: false, autoReconnect: false } },
      ...more,
    });
    const id = (t) => t?.info.identifier;
    manager.nodeManager
      .on('connect', (n) => seen.note('connect', { node: n.id }))
      .on('disconnect', (n, why) => seen.note('disconnect', { node: n.id, code: why.code }))
      .on('resumed', (n, ready, players) => seen.note('resumed', { node: n.id, session: ready.sessionId, players }))
      .on('error', (_, e) => seen.note('trouble', { message: e.message }));
    return manager
      .on('trackStart', (_, t) => seen.note('start', { id: id(t) }))
      .on('trackEnd', (_, t, e) => seen.note('end', { id: e.track.info.identifier, reason: e.reason }))
      .on('trackError', (_, t, e) => seen.note('error', { id: id(t), severity: e.exception?.severity }))
      .on('trackStuck', (_, t, e) => seen.note('stuck', { id: id(t), thresholdMs: e.thresholdMs }))
      .on('queueEnd', (_, t, e) => seen.note('queueEnd', { id: e.track?.info.identifier, reason: e.reason }))
      .on('playerSocketClosed', (_, e) => seen.note('closed', { code: e.code, byRemote: e.byRemote }))
      .on('playerDisconnect', () => seen.note('left'))
      .on('playerDestroy', (_, reason) => seen.note('destroyed', { reason }))
      .on('playerUpdate', (_, p) => seen.note('update', { track: id(p.queue.current), position: p.lastPosition, connected: p.connected }));
  }
}
