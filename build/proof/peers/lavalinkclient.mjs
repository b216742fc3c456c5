// An unmodified lavalink-client, with an unmodified discord.js as its gateway,
// completes a session with the simulated node: voice, playing, steering,
// failures, and a resume after the line broke.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { version as discordjs } from 'discord.js';
import { LavalinkManager } from 'lavalink-client';
import { Listener } from './listener.mjs';
import { World, refused, run, until } from './world.mjs';

const { version } = JSON.parse(await readFile(new URL('node_modules/lavalink-client/package.json', import.meta.url), 'utf8'));

const world = new World(process.argv[2]);
const first = await world.view();
const node = first.nodes[0];
const demo = first.guilds.find((g) => g.name === 'demo');
const music = demo.channels.find((c) => c.name === 'music').id;
const me = first.bots[0];
const listener = new Listener(first, me);
const { client, manager, seen } = listener;
const media = 'https://media.sandbox.example';
let link;
let player;

// here is the player as the node has it, not as the client believes it.
const here = async () => (await world.players(node.name)).find((p) => p.guild === demo.id);
const played = async (from = 0) => (await world.timeline(node.name, me.application_id)).slice(from);
const ends = (id, reason) => (e) => e.id === id && e.reason === reason;

async function connects() {
  await client.login(me.token);
  await seen.next(0, 'ready');
  await manager.init({ id: client.user.id, username: client.user.username });
  await seen.next(0, 'connect');
  link = manager.nodeManager.nodes.get(node.name);
  await until('a session of the node', () => link.sessionId);
  assert.equal(link.info.version.semver, await link.fetchVersion());
  assert.equal(link.info.filters.length, 10);
  assert.equal((await link.fetchStats()).players, 0);
  await until('stats over the socket', () => link.stats.cpu.cores > 0);
  assert.deepEqual(await link.updateSession(true, 60), { resuming: true, timeout: 60 });
  assert.deepEqual(await link.fetchAllPlayers(), []);
}

async function findsTracks() {
  const search = await link.search('ocean', { id: 'ana' });
  assert.equal(search.loadType, 'search');
  assert.ok(search.tracks.length > 5 && search.tracks.length <= 20, `${search.tracks.length} results`);
  assert.deepEqual(search.tracks.slice(0, 2).map((t) => t.info.title), ['Ocean Floor', 'Ocean at Night']);
  assert.deepEqual(search.tracks.filter((t) => !/ocean/i.test(t.info.title)), []);
  const one = await link.search(`${media}/track/ocean-floor`, { id: 'ana' });
  assert.deepEqual([one.loadType, one.tracks[0].info.duration, one.tracks[0].info.isSeekable], ['track', 184_000, true]);
  const list = await link.search(`${media}/set/evening`, { id: 'ana' });
  assert.deepEqual([list.loadType, list.playlist.name, list.tracks.length], ['playlist', 'An Evening at the Shore', 12]);
  assert.equal((await link.search('zebra', { id: 'ana' })).loadType, 'empty');
  const lost = await link.search(`${media}/track/lost-reel`, { id: 'ana' });
  assert.deepEqual([lost.loadType, lost.exception.severity], ['error', 'common']);
  const decoded = await link.decode.singleTrack(one.tracks[0].encoded, { id: 'ana' });
  assert.deepEqual(decoded.info, one.tracks[0].info);
  const many = await link.decode.multipleTracks(list.tracks.map((t) => t.encoded), { id: 'ana' });
  assert.deepEqual(many.map((t) => t.info.identifier), list.tracks.map((t) => t.info.identifier));
}

async function enqueue(...ids) {
  for (const id of ids) {
    const found = await player.search({ query: `${media}/track/${id}` }, { id: 'ana' });
    assert.equal(found.loadType, 'track', id);
    await player.queue.add(found.tracks[0]);
  }
}

async function joins() {
  player = manager.createPlayer({ guildId: demo.id, voiceChannelId: music, selfDeaf: true, volume: 100 });
  await player.connect();
  const there = await until('a voice connection of the node', async () => {
    const p = await here();
    return p?.connected && p;
  });
  assert.equal(there.channel, music);
  await seen.next(0, 'update', (e) => e.connected);
}

async function joinsAndPlays() {
  await world.voice('join', 'ana', 'music');
  await joins();
  const mark = seen.mark();
  await enqueue('ocean-floor', 'paper-lanterns', 'blink');
  await player.play();
  assert.equal((await seen.next(mark, 'start')).id, 'ocean-floor');
  const before = await seen.next(mark, 'update', (e) => e.track === 'ocean-floor' && e.position > 0);
  const later = await seen.next(mark, 'update', (e) => e.position >= before.position + 3_000);
  assert.equal(later.track, 'ocean-floor');
  const p = await here();
  assert.deepEqual([p.identifier, p.sounding, p.paused, p.user_data.requester.id], ['ocean-floor', true, false, 'ana']);
  assert.ok(Math.abs(p.position - player.position) < 1_000, `${p.position} and ${player.position}`);
}

async function pauses() {
  const from = (await played()).length;
  await player.pause();
  assert.equal((await here()).paused, true);
  const stop = (await played(from)).at(-1);
  assert.equal(stop.kind, 'silence');
  assert.equal((await here()).position, stop.position);
  await player.resume();
  const again = await until('sound after the pause', async () => (await played(from)).find((r) => r.kind === 'sound'));
  assert.equal(again.position, stop.position);
  assert.equal((await here()).paused, false);
}

async function steers() {
  await player.setVolume(40);
  assert.equal((await here()).volume, 40);
  const from = (await played()).length;
  await player.seek(60_000);
  const jump = (await played(from)).find((r) => r.kind === 'seek');
  assert.equal(jump.position, 60_000);
  assert.ok((await here()).position >= 60_000);
}

async function filters() {
  const from = (await played()).length;
  const speeds = async () => (await played(from)).filter((r) => r.kind === 'sound').map((r) => r.speed);
  await player.filterManager.setSpeed(1.25);
  assert.deepEqual((await link.fetchPlayer(demo.id)).filters.timescale, { speed: 1.25, pitch: 1, rate: 1 });
  assert.deepEqual(await speeds(), [1.25]);
  await runsAt(1.25);
  await player.filterManager.toggleLowPass(20);
  await player.filterManager.setEQ([{ band: 0, gain: 0.2 }, { band: 1, gain: -0.25 }]);
  await player.filterManager.toggleTremolo(4, 0.8);
  await player.filterManager.setAudioOutput('mono');
  const all = (await link.fetchPlayer(demo.id)).filters;
  assert.deepEqual(Object.keys(all).sort(), ['channelMix', 'equalizer', 'lowPass', 'timescale', 'tremolo']);
  assert.deepEqual([all.lowPass.smoothing, all.equalizer.length, all.tremolo.frequency], [20, 2, 4]);
  await sparseBands();
  await player.filterManager.clearEQ();
  await player.filterManager.resetFilters();
  const reset = (await link.fetchPlayer(demo.id)).filters;
  assert.deepEqual([Object.keys(reset), reset.equalizer.every((b) => b.gain === 0)], [['equalizer'], true]);
  assert.equal((await speeds()).at(-1), 1);
  await runsAt(1);
}

// runsAt looks at the position twice: the node's time is that of the position.
async function runsAt(speed) {
  const [from, before] = [await here(), seen.mark()];
  await seen.next(before, 'update', (e) => e.track === from.identifier && e.position > from.position); // as the client is told
  const to = await until('two seconds later', async () => {
    const p = await here();
    return p.at_ms >= from.at_ms + 2_000 && p;
  });
  const really = (to.position - from.position) / (to.at_ms - from.at_ms);
  assert.ok(Math.abs(really - speed) < 0.01, `${really}, not ${speed}`);
}

// A whole equalizer, then the other filters, each as it was sent.
async function moreFilters() {
  await player.filterManager.setEQ(Array.from({ length: 15 }, (_, band) => ({ band, gain: (band - 7) / 40 })));
  await player.filterManager.toggleRotation(0.2);
  await player.filterManager.toggleVibrato(5, 0.4);
  await player.filterManager.toggleKaraoke();
  await player.filterManager.setVolume(0.5);
  await player.filterManager.setPitch(0.8);
  await player.filterManager.setRate(1.5);
  const { filters, speed } = await here();
  assert.deepEqual(filters.equalizer.map((b) => b.band), Array.from({ length: 15 }, (_, n) => n));
  assert.deepEqual([filters.equalizer[14].gain, filters.rotation.rotationHz, filters.vibrato.frequency], [0.175, 0.2, 5]);
  assert.deepEqual([filters.volume, filters.timescale.pitch, filters.timescale.rate, speed], [0.5, 0.8, 1.5, 1.5]);
  assert.ok('level' in filters.karaoke);
  assert.deepEqual((await link.fetchPlayer(demo.id)).filters, filters);
  await player.filterManager.clearEQ();
  await player.filterManager.resetFilters();
  const after = await here();
  assert.deepEqual([Object.keys(after.filters), after.speed], [['equalizer'], 1]);
}

// The library sends null for the bands below one that was set, and the node
// refuses that, naming the field. It is the one refusal that is expected of it.
async function sparseBands() {
  await player.filterManager.setEQ([{ band: 14, gain: 0.1 }]);
  const { status, body } = listener.answers.at(-1);
  assert.deepEqual([status, JSON.parse(body).message], [400, 'filters.equalizer[2] must be a JSON object']);
}

async function advances() {
  let mark = seen.mark();
  await player.skip();
  await seen.next(mark, 'end', ends('ocean-floor', 'stopped'));
  await seen.next(mark, 'start', (e) => e.id === 'paper-lanterns');
  mark = seen.mark();
  const [short] = (await player.search({ query: `${media}/track/blink` }, { id: 'ana' })).tracks;
  await player.play({ clientTrack: short });
  await seen.next(mark, 'end', (e) => e.reason === 'replaced');
  await seen.next(mark, 'start', (e) => e.id === 'blink');
  await seen.next(mark, 'end', ends('blink', 'finished')); // 3 s later, and the queued one follows
  await seen.next(mark, 'start', (e) => e.id === 'blink' && seen.since(mark, 'start').length > 1);
  const last = await seen.next(mark, 'queueEnd');
  assert.deepEqual([last.id, last.reason], ['blink', 'finished']);
  assert.equal((await here()).identifier, undefined);
  assert.deepEqual((await played()).filter((r) => r.kind === 'end').map((r) => `${r.identifier} ${r.reason}`),
    ['ocean-floor stopped', 'paper-lanterns replaced', 'blink finished', 'blink finished']);
}

async function bearsFailures() {
  const mark = seen.mark();
  await enqueue('broken-start', 'broken-middle', 'stuck-needle', 'salt-road');
  await player.play();
  const failed = await seen.next(mark, 'error', (e) => e.id === 'broken-start');
  assert.equal(failed.severity, 'suspicious');
  await seen.next(mark, 'end', ends('broken-start', 'loadFailed'));
  await seen.next(mark, 'error', (e) => e.id === 'broken-middle');
  await seen.next(mark, 'end', ends('broken-middle', 'finished'));
  await seen.next(mark, 'start', (e) => e.id === 'stuck-needle');
  const stuck = await seen.next(mark, 'stuck', (e) => e.id === 'stuck-needle');
  assert.ok(stuck.thresholdMs > 0);
  await seen.next(mark, 'start', (e) => e.id === 'salt-road');
}

// The line breaks: sound goes on without a gap and the session comes back.
async function resumesAfterCut() {
  const mark = seen.mark();
  const before = await until('sound', async () => { const p = await here(); return p.sounding && p; });
  const from = (await played()).length;
  link.options.sessionId = link.sessionId;
  await world.fault('node.cut', { node: node.name });
  await seen.next(mark, 'disconnect');
  const back = await seen.next(mark, 'resumed');
  assert.deepEqual([back.session, back.players.map((p) => p.track.info.identifier)], [before.session, ['salt-road']]);
  await seen.next(mark, 'update', (e) => e.track === 'salt-road' && e.position > before.position);
  const after = await here();
  assert.deepEqual([after.session, after.identifier, after.sounding], [before.session, 'salt-road', true]);
  assert.deepEqual(await played(from), []);
}

// The node is out of reach while a track of 8 s ends: the end is told afterwards.
async function hearsWhatItMissed() {
  let mark = seen.mark();
  await enqueue('stairwell');
  await player.skip();
  await seen.next(mark, 'start', (e) => e.id === 'stairwell');
  mark = seen.mark();
  await world.fault('node.down', { node: node.name });
  await until('stairwell ends unheard', async () => (await played()).at(-1).identifier === 'stairwell'
    && (await played()).at(-1).kind === 'end');
  assert.equal(seen.since(mark, 'queueEnd').length, 0);
  await world.mend('node.down', { node: node.name });
  await seen.next(mark, 'resumed');
  const last = await seen.next(mark, 'queueEnd');
  assert.deepEqual([last.id, last.reason], ['stairwell', 'finished']);
  assert.equal((await until('the node again', here)).session, link.sessionId);
}

// A node that starts anew forgets: the old id gets a new session.
async function startsAnew() {
  const mark = seen.mark();
  const old = link.sessionId;
  await world.fault('node.forget', { node: node.name });
  await seen.next(mark, 'connect');
  await until('a new session', () => link.connected && link.sessionId !== old);
  assert.equal(seen.since(mark, 'resumed').length, 0);
  assert.deepEqual(await link.fetchAllPlayers(), []);
  await player.destroy('the node forgot it');
  await joins();
  await enqueue('ocean-night');
  await player.play();
  await seen.next(mark, 'start', (e) => e.id === 'ocean-night');
}

// A kick silences the track; whoever comes back goes on with it.
async function isKicked() {
  const mark = seen.mark();
  await world.fault('voice.kick', { guild: 'demo', bot: me.name });
  await seen.next(mark, 'closed', (e) => e.code === 4014 && e.byRemote);
  await seen.next(mark, 'left');
  const silent = await here();
  assert.deepEqual([silent.identifier, silent.connected, silent.sounding], ['ocean-night', false, false]);
  await player.connect();
  const back = await until('sound after the kick', async () => { const p = await here(); return p.sounding && p; });
  assert.deepEqual([back.identifier, back.connected], ['ocean-night', true]);
  assert.ok(back.position >= silent.position);
}

async function leaves() {
  const mark = seen.mark();
  await player.destroy('enough');
  await seen.next(mark, 'destroyed', (e) => e.reason === 'enough');
  await until('the node has no player', async () => (await world.players(node.name)).length === 0);
  await until('the bot is out of voice', async () => !(await world.view()).bots[0].voice.demo);
}

async function refusesWrongPasswords() {
  const errors = [];
  const [host, port] = node.address.split(':');
  const stranger = new LavalinkManager({
    nodes: [{ id: 'wrong', host, port: Number(port), authorization: 'not the password', retryAmount: 1, retryDelay: 100 }],
    client: { id: client.user.id }, sendToShard: () => {},
  });
  stranger.nodeManager.on('error', (_, e) => errors.push(e.message));
  await stranger.init();
  await until('the library gives up', () => stranger.nodeManager.nodes.size === 0);
  assert.equal(errors.filter((m) => m.includes('401')).length, 2, errors.join());
}

// Nothing that the two libraries sent was refused. A library that meets an
// error of the node often hides it, so the answers themselves are looked at.
async function nothingRefused() {
  await refused(world, []);
  const bad = listener.answers.filter((a) => a.status >= 400);
  assert.deepEqual(bad.map((a) => `${a.status} ${a.method} ${JSON.parse(a.body).message}`),
    ['400 PATCH filters.equalizer[2] must be a JSON object'], JSON.stringify(bad));
  assert.ok(listener.answers.length > 30, `${listener.answers.length} answers were seen`);
  assert.deepEqual(seen.since(0, 'trouble').filter((e) => !e.message.includes('ECONNRESET') && !e.message.includes('socket hang up')), []);
}

await run('lavalinkclient', { 'lavalink-client': version, 'discord.js': discordjs }, [
  ['connects, info, stats, session update', connects],
  ['searches, lists, decodes', findsTracks],
  ['joins and plays; the position advances', joinsAndPlays],
  ['pause and resume', pauses],
  ['volume and seek', steers],
  ['filters, and the speed of the position', filters],
  ['all other filters, and a reset', moreFilters],
  ['skip, replace, finish, end of the queue', advances],
  ['exception and stuck', bearsFailures],
  ['a cut resumes without a gap', resumesAfterCut],
  ['a missed end is told after a resume', hearsWhatItMissed],
  ['a restarted node starts anew', startsAnew],
  ['kicked: 4014', isKicked],
  ['destroy', leaves],
  ['a wrong password: 401', refusesWrongPasswords],
  ['nothing was refused', nothingRefused],
], async () => {
  link.destroy('done', true);
  await client.destroy();
});
