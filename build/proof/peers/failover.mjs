// An unmodified lavalink-client with two nodes: a player moves from one to the
// other by hand and when its node dies, with its track, position, volume and
// filters; and what a node says when it is unwell does not bring the client down.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { version as discordjs } from 'discord.js';
import { Listener } from './listener.mjs';
import { World, refused, run, until } from './world.mjs';

const { version } = JSON.parse(await readFile(new URL('node_modules/lavalink-client/package.json', import.meta.url), 'utf8'));
const media = 'https://media.sandbox.example';

const world = new World(process.argv[2]);
const first = await world.view();
const demo = first.guilds.find((g) => g.name === 'demo');
const music = demo.channels.find((c) => c.name === 'music').id;
const me = first.bots[0];
const [one, two] = first.nodes.map((n) => n.name);
const listener = new Listener(first, me, first.nodes, { autoMove: true, ofNode: { heartBeatInterval: 2_000 } });
const { client, manager, seen } = listener;
const link = (name) => manager.nodeManager.nodes.get(name);
const up = (name) => link(name).connected && Boolean(link(name).sessionId);
let player;

// on is the player as a node has it; nothing if it has none.
const on = async (name) => (await world.players(name)).find((p) => p.guild === demo.id);
const sounds = (name, what = 'sound') => until(`${what} on ${name}`, async () => {
  const p = await on(name);
  return p?.sounding && p.connected && p;
});
const load = async (id) => (await player.search({ query: `${media}/track/${id}` }, { id: 'ana' })).tracks[0];
const order = () => player.queue.tracks.map((t) => t.info.identifier);

async function connects() {
  await client.login(me.token);
  await seen.next(0, 'ready');
  await manager.init({ id: client.user.id, username: client.user.username });
  await until('both nodes', () => up(one) && up(two));
  assert.notEqual(link(one).sessionId, link(two).sessionId);
  assert.equal(manager.nodeManager.leastUsedNodes('players').length, 2);
}

// A playlist: the track that is selected, what follows, the end of the queue.
async function playsPlaylist() {
  await world.voice('join', 'ana', 'music');
  player = manager.createPlayer({ guildId: demo.id, voiceChannelId: music, selfDeaf: true, volume: 100, node: one });
  await player.connect();
  await until('a voice connection', async () => (await on(one))?.connected);
  const found = await player.search({ query: `${media}/set/shorts` }, { id: 'ana' });
  assert.deepEqual([found.loadType, found.playlist.name, found.tracks.length], ['playlist', 'Short Ones', 5]);
  assert.equal(found.playlist.selectedTrack.info.identifier, 'teaspoon');
  const mark = seen.mark();
  await player.queue.add(found.tracks.slice(0, 2));
  await player.play();
  const last = await seen.next(mark, 'queueEnd');
  assert.deepEqual([last.id, last.reason], ['teaspoon', 'finished']);
  assert.deepEqual(seen.since(mark, 'start').map((e) => e.id), ['blink', 'teaspoon']);
  assert.deepEqual(seen.since(mark, 'end').map((e) => `${e.id} ${e.reason}`), ['blink finished']); // the last one is told by queueEnd
  const line = (await world.timeline(one, me.application_id)).filter((r) => r.kind === 'end').map((r) => `${r.identifier} ${r.reason}`);
  assert.deepEqual(line, ['blink finished', 'teaspoon finished']);
  assert.deepEqual(await world.players(two), []);
}

async function steered() {
  await player.queue.add(await Promise.all(['last-ferry', 'salt-road', 'ocean-floor'].map(load)));
  await player.play();
  await sounds(one);
  await player.setVolume(60);
  await player.seek(50_000);
  await player.filterManager.setSpeed(1.25);
  await player.filterManager.setEQ([{ band: 0, gain: 0.2 }, { band: 1, gain: 0.1 }]);
  const mark = seen.mark();
  await seen.next(mark, 'update', (e) => e.track === 'last-ferry' && e.position > 50_000);
}

// moved expects the player, as it was, on one node only and not further back
// than the client could know.
async function moved(from, to, known) {
  const there = await sounds(to);
  await until('its filters', async () => (await on(to)).speed === 1.25);
  const now = await on(to);
  assert.deepEqual([now.identifier, now.volume, now.paused, now.speed], ['last-ferry', 60, false, 1.25]);
  assert.deepEqual(now.filters.equalizer.slice(0, 2).map((b) => b.gain), [0.2, 0.1]);
  assert.ok(there.position >= known, `${there.position}, known was ${known}`);
  assert.equal(player.node.id, to);
  assert.deepEqual(order(), ['salt-road', 'ocean-floor']);
  assert.equal(await on(from), undefined);
}

async function changesNode() {
  const mark = seen.mark();
  const known = player.lastPosition;
  await player.changeNode(two);
  await moved(one, two, known);
  assert.equal(seen.since(mark, 'start').length, 1);
  const mark2 = seen.mark();
  await seen.next(mark2, 'update', (e) => e.track === 'last-ferry' && e.position > known);
}

async function dies() {
  const mark = seen.mark();
  const known = player.lastPosition;
  const old = link(two).sessionId;
  await world.fault('node.down', { node: two, sessions: 'lost' });
  await seen.next(mark, 'disconnect', (e) => e.node === two);
  await moved(two, one, known);
  assert.deepEqual(seen.since(mark, 'queueEnd'), []);
  assert.deepEqual(seen.since(mark, 'destroyed'), []);
  assert.deepEqual(await world.broken(), ['node.down']);
  await world.mend('node.down', { node: two });
  await until('the dead one is back', () => up(two) && link(two).sessionId !== old);
  assert.deepEqual(seen.since(mark, 'resumed'), []);
  assert.deepEqual(await world.players(two), []);
  assert.equal((await on(one)).identifier, 'last-ferry');
}

// The socket stays open and carries nothing: only a ping finds out.
async function halfOpen() {
  const mark = seen.mark();
  const known = player.lastPosition;
  await world.fault('node.half_open', { node: one });
  await seen.next(mark, 'disconnect', (e) => e.node === one);
  await sounds(two);
  assert.equal(player.node.id, two);
  assert.ok((await on(two)).position >= known);
  await world.mend('node.half_open', { node: one });
  await until('the other one is back', () => up(one));
  await until('it has forgotten the player', async () => !(await on(one)));
}

async function isRefused() {
  const mark = seen.mark();
  await world.fault('node.refuse_sessions', { node: one, status: '503' });
  await world.fault('node.forget', { node: one });
  await seen.next(mark, 'trouble', (e) => e.message.includes('503'));
  assert.equal((await on(two)).identifier, 'last-ferry');
  assert.equal(manager.nodeManager.leastUsedNodes('players').map((n) => n.id).includes(two), true);
  await world.mend('node.refuse_sessions', { node: one });
  await until('it may come back', () => up(one));
}

async function loadsBadly() {
  const search = (q) => player.search({ query: q, source: 'ytsearch' }, { id: 'ana' });
  assert.equal((await search('ocean')).loadType, 'search');
  await world.fault('node.fail_load', { node: two, severity: 'fault' });
  const failed = await search('ocean');
  assert.deepEqual([failed.loadType, failed.exception.severity], ['error', 'fault']);
  await world.mend('node.fail_load', { node: two });
  await world.fault('node.empty_load', { node: two });
  assert.deepEqual([(await search('ocean')).loadType, (await search('ocean')).tracks], ['empty', []]);
  await world.mend('node.empty_load', { node: two });
  await world.fault('node.slow_load', { node: two, delay: '1500ms' });
  const began = Date.now();
  assert.equal((await search('ocean')).loadType, 'search');
  assert.ok(Date.now() - began >= 1_500);
  await world.mend('node.slow_load', { node: two });
  assert.deepEqual(await world.broken(), []);
}

// Messages that cannot be read, and statistics that cannot be true. The other
// forms of garbage are more than this library takes: a null ends its process,
// and a ready without an id takes its session away.
async function talksNonsense() {
  let mark = seen.mark();
  for (const form of ['json', 'huge']) await world.fault('node.garbage', { node: two, form });
  await world.fault('node.unknown_event', { node: two });
  await seen.next(mark, 'trouble', (e) => /op/.test(e.message));
  for (const form of ['zero_cores', 'negative', 'huge']) {
    await world.fault('node.lying_stats', { node: two, form });
    await world.mend('node.lying_stats', { node: two });
  }
  await until('both are well', () => up(one) && up(two));
  mark = seen.mark();
  const at = (await sounds(player.node.id)).position;
  await seen.next(mark, 'update', (e) => e.track === 'last-ferry' && e.position > at);
}

// Tracks that end badly in four ways; the queue goes on each time.
async function endsBadly() {
  const node = player.node.id;
  let mark = seen.mark();
  await world.fault('node.exception_after', { node, guild: 'demo' });
  await seen.next(mark, 'error', (e) => e.id === 'last-ferry');
  await seen.next(mark, 'start', (e) => e.id === 'salt-road');
  await sounds(node);
  mark = seen.mark();
  await world.fault('node.load_failed', { node, guild: 'demo' });
  await seen.next(mark, 'end', (e) => e.id === 'salt-road' && e.reason === 'loadFailed');
  await seen.next(mark, 'start', (e) => e.id === 'ocean-floor');
  await sounds(node);
  mark = seen.mark();
  await world.fault('node.stuck', { node, guild: 'demo' });
  const { thresholdMs } = await seen.next(mark, 'stuck', (e) => e.id === 'ocean-floor');
  assert.equal(thresholdMs, 10_000);
  await seen.next(mark, 'queueEnd');
  await world.mend('node.stuck', { node });
  mark = seen.mark();
  await world.fault('node.exception_before', { node, guild: 'demo' });
  await player.queue.add(await load('quiet-engines'));
  await player.play();
  await seen.next(mark, 'error', (e) => e.id === 'quiet-engines');
  await seen.next(mark, 'queueEnd', (e) => e.id === 'quiet-engines' && e.reason === 'loadFailed');
  await world.mend('node.exception_before', { node });
  mark = seen.mark();
  await player.queue.add(await load('quiet-engines'));
  await player.play();
  await sounds(node);
  await world.fault('node.cleanup', { node, guild: 'demo' });
  await seen.next(mark, 'queueEnd', (e) => e.id === 'quiet-engines' && e.reason === 'cleanup');
  const ended = (await world.timeline(node, me.application_id)).filter((r) => r.kind === 'end').map((r) => `${r.identifier} ${r.reason}`);
  assert.deepEqual(ended.slice(-2), ['quiet-engines loadFailed', 'quiet-engines cleanup']);
}

// Both die; one comes back, and the music goes on there when it is asked for.
async function isLeftAlone() {
  let mark = seen.mark();
  for (const node of [one, two]) await world.fault('node.down', { node, sessions: 'lost' });
  await seen.next(mark, 'disconnect', (e) => e.node === one);
  await seen.next(mark, 'disconnect', (e) => e.node === two);
  await until('the client knows it', () => ![one, two].some((n) => link(n).connected));
  assert.deepEqual([await world.players(one), await world.players(two)], [[], []]);
  await world.mend('node.down', { node: one });
  await until('one is back', () => up(one));
  mark = seen.mark();
  if (player.node.id !== one) await player.changeNode(one);
  else await player.connect();
  await player.queue.add(await load('night-market'));
  await player.play();
  await seen.next(mark, 'start', (e) => e.id === 'night-market');
  assert.equal((await on(one)).identifier, 'night-market');
  await world.mend('node.down', { node: two });
  await until('both are back', () => up(one) && up(two));
}

async function leaves() {
  await player.destroy('enough');
  await until('no node has a player', async () => !(await on(one)) && !(await on(two)));
  await until('the bot is out of voice', async () => !(await world.view()).bots[0].voice.demo);
  await refused(world, []);
  assert.deepEqual(await world.broken(), []);
  const bad = listener.answers.filter((a) => a.status >= 400).map((a) => `${a.status} ${a.method} ${a.body}`);
  assert.deepEqual(bad, []);
}

await run('failover', { 'lavalink-client': version, 'discord.js': discordjs }, [
  ['two nodes', connects],
  ['a playlist until the queue ends', playsPlaylist],
  ['seek, volume, filters before the move', steered],
  ['the player changes the node by hand', changesNode],
  ['the node dies: the player moves as it was', dies],
  ['a half-open link is found out, and the player moves', halfOpen],
  ['a node that refuses sessions is asked again', isRefused],
  ['loads that fail, find nothing, take long', loadsBadly],
  ['nonsense, unknown events, lying statistics', talksNonsense],
  ['exceptions, load failed, stuck, cleanup', endsBadly],
  ['both die, one comes back', isLeftAlone],
  ['destroy; nothing was refused', leaves],
], async () => {
  for (const n of [one, two]) link(n).destroy('done', true);
  await client.destroy();
});
